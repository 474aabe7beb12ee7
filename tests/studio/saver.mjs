// Lets the page's saver talk to a server that refuses, or falls silent. The name of a scene is the argument.

import assert from "node:assert/strict";
import { Saver } from "../../src/scumble/studio/static/js/saver.js";

const CHOICES = { checkpoint: null, samples: 1, seed: 0 };
const [FIRST, SECOND] = [{ operation: "remove", selector: "car" }, { operation: "fill", x: 1, y: 2 }];
const answer = (status, body) => ({ ok: status < 400, status, json: async () => body });

/** A server as far as saving goes; `fate` says what becomes of the next requests: status, "silent" or "lost". */
const server = { revision: 0, operations: [], undone: [], choices: CHOICES, fate: [], puts: 0 };

globalThis.fetch = async (_, { method = "GET", body = "" } = {}) => {
  if (method === "GET") return answer(200, server);
  server.puts += 1;
  const fate = server.fate.shift() ?? 200;
  if (fate === "silent") throw new TypeError("no connection");
  if (fate !== 200 && fate !== "lost") return answer(fate, { detail: `refused with ${fate}` });
  const sent = JSON.parse(body);
  if (sent.revision !== server.revision) return answer(409, { detail: "changed elsewhere" });
  const operations = sent.operations.map((operation) => ({ ...operation, grow: 5 }));
  Object.assign(server, sent, { operations, revision: server.revision + 1 });
  if (fate === "lost") throw new TypeError("no answer");
  return answer(200, server);
};

/** Timers go off only when they are told to. */
let timer = null;
globalThis.setTimeout = (action) => ((timer = action), 1);
globalThis.clearTimeout = () => (timer = null);

let told = 0;
const saver = new Saver("a", 0, () => (told += 1));
const save = async (...operations) => {
  saver.save(operations, [], CHOICES);
  await saver.running;
};
const names = () => server.operations.map((operation) => operation.operation);

const scenes = {
  async retried() {
    server.fate = ["silent", 429];
    await save(FIRST);
    assert.match(saver.problem, /does not answer/);
    assert(saver.atRisk && saver.busy);
    timer();
    await saver.running;
    assert.match(saver.problem, /refused with 429/);
    timer();
    await saver.running;
    assert.equal(saver.problem, "");
    assert.deepEqual(names(), ["remove"]);
    assert(!saver.atRisk && !saver.busy);
    assert.equal(told, 3);
  },
  async unsettled() {
    server.fate = [507, 507];
    await save(FIRST);
    await assert.rejects(saver.settled(), /not saved. refused with 507/);
    assert.equal(server.puts, 2, "it was tried at once");
    await saver.settled();
    assert.deepEqual(names(), ["remove"]);
  },
  async stale() {
    server.revision = 7;
    await save(FIRST);
    assert.match(saver.problem, /another tab/);
    await save(FIRST, SECOND);
    await assert.rejects(saver.settled(), /another tab/);
    assert(saver.atRisk, "what is drawn after that is not saved either");
    assert.equal(server.puts, 1);
    assert.equal(timer, null);
    assert.deepEqual(names(), []);
  },
  async unanswered() {
    server.fate = ["lost", "silent"];
    await save(FIRST);
    await save(FIRST, SECOND);
    await saver.settled();
    assert.equal(saver.problem, "");
    assert.deepEqual(names(), ["remove", "fill"]);
    assert.equal(server.revision, 2);
  },
  async overtaken() {
    server.fate = ["silent"];
    await save(FIRST);
    Object.assign(server, { revision: 1, operations: [SECOND] });
    await assert.rejects(saver.settled(), /another tab/);
    assert.deepEqual(names(), ["fill"], "what the other tab has done stays");
  },
};

await scenes[process.argv[2]]();
