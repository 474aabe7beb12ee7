// Carries out edit lists with the page's own modules. Reads one JSON value a line, writes one a line.

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { EditError } from "../../src/scumble/studio/static/js/maps.js";
import { Raster, firstMaps } from "../../src/scumble/studio/static/js/raster.js";
import { decodeMask, encodeMask } from "../../src/scumble/studio/static/js/runs.js";

/** What is in the maps, as Python says it. */
function digest(maps) {
  const hash = createHash("sha1");
  for (const part of [maps.labels, maps.instances, maps.mask, maps.parts]) if (part) hash.update(part);
  const styles = [...maps.styles].sort((a, b) => a[0] - b[0]).map(([id, style]) => [id, style.path]);
  hash.update(JSON.stringify([maps.width, maps.height, ...maps.offset, styles]));
  return hash.digest("hex");
}

function bytesOf(maps) {
  return Buffer.concat([maps.labels, maps.instances, maps.mask, maps.parts ?? []].map((a) => Buffer.from(a.buffer ?? a)));
}

function answer({ space, width, height, labels, instances, parts, operations }) {
  const first = firstMaps(
    width,
    height,
    Int32Array.from(labels),
    Int32Array.from(instances),
    parts && Uint8Array.from(parts),
  );
  const start = bytesOf(first);
  const raster = new Raster(space, first);
  const carried = [];
  const steps = [];
  for (const operation of operations) {
    try {
      raster.push(operation);
      carried.push(true);
      steps.push(digest(raster.maps));
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      carried.push(false);
    }
  }
  const known = raster.maps.labels.every((id) => id >= 0 && id < space.classes.length);
  const { mask, width: w, height: h } = raster.maps;
  const runs = encodeMask(mask, w, h);
  const coded = Buffer.from(decodeMask(runs)).equals(Buffer.from(mask));
  const again = new Raster(space, first);
  again.replace(raster.operations);
  const things = (ids) => [...ids].filter((id) => id >= space.classes.length).sort((a, b) => a - b);
  const lost = things(raster.lost);
  const same = JSON.stringify(things(again.lost)) === JSON.stringify(lost);
  const replayed = bytesOf(again.maps).equals(bytesOf(raster.maps)) && same;
  again.patches.fill(null); // as if they had been forgotten
  if (again.operations.length > 0 && again.operations.length < 20) again.pop();
  while (raster.operations.length > again.operations.length) raster.pop();
  const forgotten = bytesOf(again.maps).equals(bytesOf(raster.maps));
  while (raster.operations.length > 0) raster.pop();
  const undone = bytesOf(raster.maps).equals(start) && bytesOf(first).equals(start) && raster.lost.size === 0;
  return { carried, steps, lost, runs: runs.runs, known, coded, replayed, forgotten, undone };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(line))));
}
