"Gray photographs, and scans of them with borders, that several tests use."

import numpy as np
from PIL import Image, ImageDraw
from skimage import data


def gray(name):
    return np.asarray(Image.fromarray(getattr(data, name)()).convert("L"))


PHOTOS = {name: gray(name) for name in ("astronaut", "coffee", "chelsea", "rocket", "camera")}
ASTRONAUT = PHOTOS["astronaut"]


def scan(
    photo,
    borders=(60, 60, 60, 60),
    tone=0,
    turn=0.0,
    corners=0,
    oval=False,
    paper=0.0,
    writing=False,
):
    "A photograph on a plain ground (borders: top, right, bottom, left), and its place in it."
    top, right, bottom, left = borders
    size = photo.shape[1] + left + right, photo.shape[0] + top + bottom
    grain = np.random.default_rng(0).normal(0, paper, size[::-1]) if paper else 0
    ground = Image.fromarray(np.clip(np.full(size[::-1], tone) + grain, 0, 255).astype(np.uint8))
    if writing:
        for place in range(left + 10, size[0] - right - 40, 60):
            ImageDraw.Draw(ground).line(
                [(place, size[1] - 15), (place + 30, size[1] - bottom + 15)], fill=60, width=3
            )
    inner = Image.new("L", photo.shape[::-1])
    draw, last = ImageDraw.Draw(inner), (0, 0, photo.shape[1] - 1, photo.shape[0] - 1)
    if oval:
        draw.ellipse(last, fill=255)
    else:
        draw.rounded_rectangle(last, corners, fill=255)
    mask, picture = Image.new("L", size), Image.new("L", size)
    for whole, part in ((mask, inner), (picture, Image.fromarray(photo))):
        whole.paste(part, (left, top))
    if turn:
        mask, picture = (whole.rotate(turn, Image.Resampling.BICUBIC) for whole in (mask, picture))
    return np.asarray(Image.composite(picture, ground, mask)), np.asarray(mask) > 127


BORDERS = {
    "black": {},
    "white": {"tone": 255},
    "gray": {"tone": 128},
    "paper": {"tone": 222, "paper": 3},
    "thin": {"borders": (12, 12, 12, 12), "tone": 245},
    "wide": {"borders": (150, 150, 150, 150), "tone": 30},
    "top": {"borders": (60, 0, 0, 0)},
    "lid on two sides": {"borders": (0, 70, 70, 0), "tone": 245},
    "three sides": {"borders": (60, 60, 60, 0), "tone": 240},
    "caption strip": {"borders": (30, 30, 120, 30), "tone": 240},
    "written on": {"borders": (60, 60, 80, 60), "tone": 235, "writing": True},
    "askew by 1": {"borders": (70, 70, 70, 70), "turn": 1},
    "askew by 3": {"borders": (90, 90, 90, 90), "tone": 240, "turn": 3},
    "askew by -5": {"borders": (110, 110, 110, 110), "tone": 10, "turn": -5},
    "round corners": {"borders": (40, 40, 40, 40), "tone": 240, "corners": 60},
    "oval": {"borders": (40, 40, 40, 40), "tone": 225, "oval": True},
    "letterbox, near black": {"borders": (70, 0, 70, 0), "tone": 12},
    "pillarbox, gray": {"borders": (0, 70, 0, 70), "tone": 128},
    "one side, gray": {"borders": (80, 0, 0, 0), "tone": 120},
    "hairline": {"borders": (4, 4, 4, 4), "tone": 250},
    "a tenth of the scan": {"borders": (500, 560, 540, 480), "tone": 240},
    "grainy": {"borders": (60, 60, 60, 60), "tone": 28, "paper": 8},
    "askew by 7": {"borders": (120, 120, 120, 120), "tone": 235, "turn": 7},
}
