"""Human bodies: what one looks like and wears, where its joints are, and its pieces to be drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from scumble.streets.camera import FloatArray
from scumble.streets.light import Colour
from scumble.streets.painter import Painter
from scumble.streets.people.figures import Lathe, Piece, distance, is_small, join, skin, tubes
from scumble.streets.vectors import cross, lengths, unit

Headgear = Literal["cap", "beanie", "helmet"]
TORSO = np.array(
    [
        [-0.13, 0.146, 0.102],
        [0.06, 0.158, 0.112],
        [0.36, 0.150, 0.104],
        [0.70, 0.170, 0.116],
        [0.86, 0.176, 0.102],
        [0.94, 0.150, 0.085],
        [1.00, 0.082, 0.064],
        [1.03, 0.060, 0.056],
    ]
)
"""Height as a share of the spine, half width and half depth in metres of a slim adult's torso."""
SKULL = np.array(
    [
        [-1.75, 0.62],
        [-0.95, 0.62],
        [-0.84, 0.66],
        [-0.4, 0.84],
        [0.1, 0.98],
        [0.45, 0.93],
        [0.75, 0.69],
        [0.93, 0.38],
        [1.0, 0.05],
    ]
)
"""Height and radius as shares of the head's half axes; begins with the neck."""
HAIR = np.array([[-0.5, 0.82], [-0.1, 1.02], [0.3, 1.07], [0.6, 0.93], [0.88, 0.62], [1.05, 0.25]])
FACE = np.array(
    [[-1.0, 0.4, 80], [-0.84, 0.62, 95], [-0.4, 0.85, 82], [0.1, 0.99, 66], [0.4, 0.96, 56], [0.58, 0.87, 32]]
)
"""Height, radius, and how many degrees from the front the face reaches to either side."""
GEAR: dict[Headgear, FloatArray] = {
    "cap": np.array([[0.3, 1.09], [0.5, 1.05], [0.8, 0.83], [1.02, 0.5], [1.12, 0.1]]),
    "beanie": np.array([[0.12, 1.13], [0.5, 1.12], [0.85, 0.86], [1.1, 0.52], [1.2, 0.12]]),
    "helmet": np.array([[0.28, 1.22], [0.42, 1.3], [0.8, 1.1], [1.12, 0.68], [1.25, 0.15]]),
}
"""Height and radius of what is worn on the head."""


@dataclass(frozen=True)
class Body:
    """Physique, hair and clothes of a person; lengths in metres."""

    height: float
    """Of the person without shoes or hat."""
    girth: float
    """Thickness of torso and limbs relative to a slim adult's."""
    curve: float
    """0 for broad shoulders and straight sides, 1 for narrow shoulders, a waist and hips."""
    skin: Colour
    hair: Colour
    hair_length: float
    """Of hair that falls on the shoulders; 0 if it is short."""
    headgear: Headgear | None
    headgear_colour: Colour
    top: Colour
    """Of shirt, pullover, jacket or coat."""
    front: Colour
    """What an open jacket shows; otherwise the colour of the top."""
    sleeves: Colour
    """What covers the forearms: the top, or skin."""
    coat: float
    """How far the top reaches below the hips, as a share of the thigh."""
    legs: Colour
    """What covers the shins: trousers, tights or skin."""
    loose: float
    """Width of what covers the shins relative to the bare leg."""
    over: Colour | None
    """Of shorts or a skirt over the thighs, if any."""
    skirt: float
    """How far a skirt reaches, as a share of the thigh; 0 for none."""
    shoes: Colour


@dataclass(frozen=True)
class Proportions:
    """Lengths of bones and distances of joints in metres."""

    head: float
    """Height of the head from the chin to the crown."""
    spine: float
    """From the hip joints to the base of the neck."""
    thigh: float
    shin: float
    """From the knee to the ankle."""
    ankle: float
    """Height of the ankle above the sole."""
    foot: float
    """Length of a shoe."""
    upper_arm: float
    forearm: float
    """From the elbow to the middle of the hand."""
    hip: float
    """Of a hip joint from the middle."""
    shoulder: float
    """Of a shoulder joint from the middle."""
    thickness: float
    """Factor from the radii of a slim adult of 1.75 m to this person's."""


def proportions(body: Body) -> Proportions:
    """Of a person of this height: children have shorter legs and larger heads than adults."""
    head = 0.115 + 0.06 * body.height
    chin = body.height - head
    scale = body.height / 1.75
    leg = chin * (0.545 + 0.03 * scale)
    slender = 0.35 + 0.65 * scale
    return Proportions(
        head=head,
        spine=chin * 0.955 - leg,
        thigh=leg * 0.47,
        shin=leg * 0.45,
        ankle=leg * 0.08,
        foot=0.15 * body.height,
        upper_arm=0.28 * scale,
        forearm=0.31 * scale,
        hip=0.080 * slender * (0.8 + 0.2 * body.girth),
        shoulder=(0.178 - 0.026 * body.curve) * slender * (0.5 + 0.5 * body.girth),
        thickness=slender * body.girth,
    )


@dataclass(frozen=True)
class Pose:
    """Joints of a person in world metres; pairs ``[2, 3]`` are left and right."""

    heading: float
    """Of the body; see `scumble.streets.prop.standing`."""
    gaze: float
    """Heading of the face."""
    pelvis: FloatArray
    neck: FloatArray
    head: FloatArray
    """Middle of the head."""
    hips: FloatArray
    knees: FloatArray
    ankles: FloatArray
    heels: FloatArray
    toes: FloatArray
    shoulders: FloatArray
    elbows: FloatArray
    hands: FloatArray


def directions(heading: float) -> tuple[FloatArray, FloatArray]:
    """Unit vectors ``[3]`` to the right of and ahead of someone with this heading."""
    cos, sin = math.cos(heading), math.sin(heading)
    return np.array([cos, 0.0, -sin]), np.array([sin, 0.0, cos])


def bend(start: FloatArray, end: FloatArray, first: float, second: float, towards: FloatArray) -> FloatArray:
    """The joint ``[..., 3]`` between two bones that join two points, by the law of cosines.

    Args:
        start: where the first bone begins ``[..., 3]``.
        end: where the second bone ends ``[..., 3]``; one out of reach stretches the bones in a line.
        first: length of the first bone in metres.
        second: length of the second bone in metres.
        towards: direction ``[3]`` to which the joint bends.
    """
    line = end - start
    length = lengths(line)
    along = line / length
    share = (first**2 - second**2 + length**2) / (2 * length)
    rise = np.sqrt(np.maximum(first**2 - share**2, 0))
    side = unit(towards - (along @ towards)[..., None] * along)
    return np.asarray(start + along * share + rise * side)


def body_pieces(painter: Painter, body: Body, pose: Pose) -> list[Piece]:
    """Everything of a person, with distances such that clothes and limbs overlap as they do in life."""
    size = proportions(body)
    bands = 3 if is_small(painter, pose.pelvis) else 6
    pieces = [_torso(painter, body, size, pose, bands), *_limbs(painter, body, size, pose, bands > 3)]
    pieces += _head(painter, body, size, pose, bands)
    if body.over is not None and body.skirt > 0:
        pieces.append(_skirt(painter, body, size, pose, body.over, bands))
    return pieces


def _limbs(painter: Painter, body: Body, size: Proportions, pose: Pose, fine: bool) -> list[Piece]:
    """Legs with shoes and arms with hands."""
    soles = (pose.heels + pose.toes) / 2
    wrists = pose.elbows + (pose.hands - pose.elbows) * 0.82
    shorts = pose.hips + (pose.knees - pose.hips) * 0.8
    sleeve = 1.18 if body.sleeves == body.top else 1.0
    legs = [
        (pose.ankles, soles, 0.037, 0.034, body.shoes),
        (pose.heels, pose.toes, 0.041, 0.036, body.shoes),
        (pose.knees, pose.ankles, 0.053, 0.036 * body.loose, body.legs),
        (pose.hips, pose.knees, 0.084, 0.056, body.legs),
    ]
    if body.over is not None and body.skirt == 0:
        legs.append((pose.hips, shorts, 0.09, 0.078, body.over))
    arms = [
        (pose.hands, wrists, 0.03, 0.034, body.skin),
        (pose.elbows, wrists, 0.04 * sleeve, 0.03 * sleeve, body.sleeves),
        (pose.shoulders, pose.elbows, 0.051, 0.042 * sleeve, body.top),
    ]
    rods = [*legs, *arms]
    ends = np.stack([np.stack([start, end], 1) for start, end, *_ in rods])
    radii = np.array([[first, second] for _, _, first, second, _ in rods]) * size.thickness
    tones = np.array([colour for *_, colour in rods])
    count = len(rods)
    faces, lit = tubes(
        painter, ends.swapaxes(0, 1).reshape(-1, 2, 3), np.tile(radii, (2, 1)), np.tile(tones, (2, 1)), fine
    )
    pieces = []
    for i in range(2):
        leg, arm = slice(i * count, i * count + len(legs)), slice(i * count + len(legs), (i + 1) * count)
        # Behind the torso unless the knee is well in front of it, as a rider's is.
        away = distance(painter, pose.knees[i]) + 0.27
        pieces.append(Piece("leg", away, faces[leg].reshape(-1, faces.shape[2], 3), lit[leg].reshape(-1, 3)))
        away = distance(painter, pose.elbows[i])
        pieces.append(Piece("arm", away, faces[arm].reshape(-1, faces.shape[2], 3), lit[arm].reshape(-1, 3)))
    return pieces


def _torso(painter: Painter, body: Body, size: Proportions, pose: Pose, bands: int) -> Piece:
    """Shirt or jacket around the spine, and the skirts of a coat around the thighs."""
    right, forward = directions(pose.heading)
    spine = unit(pose.neck - pose.pelvis)
    chest = cross(right, spine)
    shape = TORSO * size.thickness
    # Waist and shoulders narrower, hips wider; a stout person's belly stands out.
    shape[:, 1] *= 1 + body.curve * np.array([0.06, 0.07, -0.15, -0.12, -0.14, -0.12, -0.1, 0.0])
    shape[1:3, 2] *= 1 + max(body.girth - 1.05, 0) * 1.2
    centres = pose.pelvis + TORSO[:, :1] * size.spine * spine
    across, ahead = shape[:, 1:2] * right, shape[:, 2:] * chest
    if body.coat > 0:
        hem, wide, deep = _hem(size, pose, body.coat)
        centres[0], across[0], ahead[0] = hem, wide * right, deep * forward
    lathe = Lathe(centres, across, ahead)
    shapes = [skin(painter, lathe, body.top, bands)]
    if body.front != body.top:
        open_to = np.radians([26.0, 24, 20, 26, 34, 44, 70, 80])
        shapes.append(skin(painter, lathe, body.front, bands // 3, open_to))
    return join("torso", distance(painter, (pose.pelvis + pose.neck) / 2), shapes)


def _hem(size: Proportions, pose: Pose, share: float) -> tuple[FloatArray, float, float]:
    """Middle and half axes of an ellipse around both legs, this share of the thigh below the hips."""
    right, forward = directions(pose.heading)
    above, below = min(share, 1.0), max(share - 1.0, 0.0)
    legs = pose.hips + above * (pose.knees - pose.hips) + below * (pose.ankles - pose.knees)
    apart = legs[1] - legs[0]
    wide = abs(apart @ right) / 2 + 0.085 * size.thickness
    deep = abs(apart @ forward) / 2 + 0.09 * size.thickness
    return legs.mean(0), float(wide), float(deep)


def _skirt(painter: Painter, body: Body, size: Proportions, pose: Pose, colour: Colour, bands: int) -> Piece:
    right, forward = directions(pose.heading)
    hem, wide, deep = _hem(size, pose, body.skirt)
    thick = size.thickness
    centres = np.array([hem, pose.pelvis, pose.pelvis + np.array([0, 0.3 * size.spine, 0])])
    across = np.array([[wide], [0.172 * thick], [0.130 * thick]]) * right
    ahead = np.array([[deep], [0.122 * thick], [0.105 * thick]]) * forward
    shape = skin(painter, Lathe(centres, across, ahead), colour, bands)
    return join("leg", distance(painter, pose.pelvis) + 0.03, [shape])


def _head(painter: Painter, body: Body, size: Proportions, pose: Pose, bands: int) -> list[Piece]:
    """Neck, face, hair and what is worn on it."""
    right, forward = directions(pose.gaze)
    up = np.array([0.0, 0.5 * size.head, 0.0])

    def turned(shape: FloatArray, back: float = 0.0) -> Lathe:
        wide, deep = 0.35 * size.head * right, 0.43 * size.head * forward
        centres = pose.head + shape[:, :1] * up - back * deep
        return Lathe(centres, shape[:, 1:2] * wide, shape[:, 1:2] * deep)

    half = bands // 2 + 1
    skull = turned(SKULL)
    skull.centres[:2] = pose.neck, 0.15 * pose.neck + 0.85 * skull.centres[2]
    shadow: Colour = (body.skin[0] * 0.86, body.skin[1] * 0.84, body.skin[2] * 0.84)
    shapes = [
        skin(painter, skull, shadow, half),
        skin(painter, turned(HAIR, 0.07), body.hair, half),
        skin(painter, turned(FACE), body.skin, half, np.radians(FACE[:, 2])),
    ]
    if bands > 3:
        eyes = turned(np.array([[0.02, 0.97], [0.2, 0.98]]))
        dark: Colour = (body.skin[0] * 0.6, body.skin[1] * 0.56, body.skin[2] * 0.56)
        shapes += [skin(painter, eyes, dark, 1, np.full(2, 0.17), aside) for aside in (-0.42, 0.42)]
    if body.headgear is not None:
        if body.headgear == "cap":
            visor = turned(np.array([[0.26, 0.8], [0.36, 0.8]]), -0.75)
            shapes.append(skin(painter, visor, body.headgear_colour, 2))
        shapes.append(skin(painter, turned(GEAR[body.headgear], 0.05), body.headgear_colour, half))
    pieces = [join("head", distance(painter, pose.head) - 0.05, shapes)]
    if body.hair_length > 0:
        drop = np.array([-1 - 2 * body.hair_length / size.head, -0.8, 0.0])
        fall = turned(np.stack([drop, np.array([0.75, 1.08, 1.0])], 1), 0.45)
        behind = distance(painter, pose.head - 0.7 * size.head * forward)
        pieces.append(join("head", behind, [skin(painter, fall, body.hair, half)]))
    return pieces
