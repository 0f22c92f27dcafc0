"""Damage and tones of skin: what would be wrong if the code were wrong."""

import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from skimage import data

from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.color_spaces import lab_to_srgb, srgb_to_lab
from dlcolorize.datasets import TESTED_SETS, DataError
from dlcolorize.heads import LabHead
from dlcolorize.stress_tests import (
    DEGRADATIONS,
    STRENGTHS,
    TONES,
    ab_of_run,
    colors_of_damaged,
    damage_table,
    face_mask,
    find_face,
    find_faces,
    measure_damage,
    measure_face,
    measure_faces,
    score_damaged,
    skin_table,
    tone_of,
    typology_angle,
)

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results" / "robustness"


@pytest.fixture(scope="module")
def astronaut():
    return np.ascontiguousarray(data.astronaut()[:320:2, 64:384:2])


@pytest.fixture(scope="module")
def gray(astronaut):
    return astronaut[..., 1].copy()


def true_ab(pixels):
    return srgb_to_lab(pixels / np.float32(255))[..., 1:]


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_strength_0_leaves_the_photograph_as_it_is(name, gray):
    before = gray.copy()
    assert np.array_equal(DEGRADATIONS[name](gray, 0), before)
    for strength in STRENGTHS:
        damaged = DEGRADATIONS[name](gray, strength)
        assert damaged.dtype == np.uint8 and not np.array_equal(damaged, before)
        assert np.array_equal(damaged, DEGRADATIONS[name](gray, strength))  # no chance in it
    assert np.array_equal(gray, before)  # and the photograph itself is not changed


@pytest.mark.parametrize("name", [each for each in DEGRADATIONS if each != "border"])
def test_more_strength_is_more_damage(name, gray):
    distances = [
        np.abs(DEGRADATIONS[name](gray, strength) - gray.astype(float)).mean()
        for strength in (0, *STRENGTHS)
    ]
    # Blurring changes what the dots do, and coarse dots are more, in every step
    assert (np.diff(distances) > 0).all(), distances


def test_a_border_lies_around_the_photograph_and_not_over_it(gray):
    sides = []
    for strength in STRENGTHS:
        scan = DEGRADATIONS["border"](gray, strength)
        top, left = (np.array(scan.shape) - gray.shape) // 2
        inside = scan[top : top + 160, left : left + 160]
        assert np.abs(inside - gray.astype(float)).mean() < 4  # what JPEG changes
        sides.append(scan.shape[0])
    assert sides == [166, 176, 192, 224, 288]


def test_damage_that_a_predictor_overlooks_costs_nothing(astronaut):
    def predict_ab(lightness):
        edge = (lightness.shape[0] - 160) // 2
        return np.pad(true_ab(astronaut), [(edge, edge), (edge, edge), (0, 0)])

    pictures = [
        colors_of_damaged(predict_ab, astronaut, kind, 5).astype(int)
        for kind in DEGRADATIONS.values()
    ]
    assert max(np.abs(picture - astronaut).max() for picture in pictures) <= 3


def test_gray_predictions_gain_as_much_however_damaged(astronaut):
    scores = score_damaged(lambda lightness: np.zeros((*lightness.shape, 2)), astronaut[None])
    assert len(scores) == 1 + len(DEGRADATIONS) * len(STRENGTHS)
    assert scores.gain.nunique() == 1 and scores.colorfulness.max() < 1
    table = damage_table(scores)
    assert (table.change == 0).all() and table.photographs.eq(1).all()


def test_a_set_is_compared_with_itself_alone(astronaut):
    def predict_ab(lightness):
        return true_ab(astronaut) * (0.5 if lightness.std() > 10 else 0)

    sets = {"a": astronaut[None], "b": astronaut[None] // 20}  # too dark to be predicted
    table = measure_damage(predict_ab, sets, ["scratches"]).set_index(["set", "strength"])
    assert table.loc[("a", 1), "change"] == 0
    assert np.isclose(
        table.loc[("all", 0), "gain"],
        (table.loc[("a", 0), "gain"] + table.loc[("b", 0), "gain"]) / 2,
    )


class _OneColor(torch.nn.Module):
    def forward(self, lightness):
        return torch.full((1, 2, *lightness.shape[2:]), 0.1)


def test_any_run_can_be_measured(astronaut):
    class Trained:
        head, net = LabHead(), _OneColor()

    ab = ab_of_run(Trained())(pixels_to_lightness(astronaut))
    assert ab.shape == (160, 160, 2) and np.allclose(ab, 11)


@pytest.mark.parametrize(
    ("lightness", "b", "angle", "tone"),
    [
        (75, 14, 60.75, "very light"),
        (70, 20, 45.0, "light"),
        (61.5, 16.5, 34.88, "intermediate"),
        (55, 15, 18.43, "tan"),
        (50, 15, 0.0, "brown"),
        (35, 12, -51.34, "dark"),
    ],
)
def test_the_angle_of_known_colors(lightness, b, angle, tone):
    assert np.isclose(typology_angle(lightness, b), angle, atol=0.01)
    assert tone_of(typology_angle(lightness, b)) == tone
    color = lab_to_srgb(np.full((40, 40), lightness), np.full((40, 40, 2), (12, b)))
    pixels = np.round(color * 255).astype(np.uint8)
    redder_yellower = np.float32((15, b + 4))
    face = measure_face(
        lambda seen: np.broadcast_to(redder_yellower, (*seen.shape, 2)), pixels, (0, 0, 40)
    )
    assert face["tone"] == tone and np.isclose(face["angle"], angle, atol=1.5)
    assert np.isclose(face["error"], 5, atol=0.8)  # 3 redder and 4 yellower


def test_the_classes_are_those_of_the_paper():
    assert list(TONES.values()) == [55, 41, 28, 10, -30, -np.inf]
    assert [tone_of(angle) for angle in (55.1, 55, 41, 28, 10, -30)] == list(TONES)


def test_a_face_is_found_where_it_is_and_nowhere_else(astronaut):
    row, column, width = find_face(astronaut)
    assert abs(row + width / 2 - 54) < 8 and abs(column + width / 2 - 80) < 8 and 30 < width < 70
    assert find_face(np.full((90, 120, 3), 128, np.uint8)) is None
    mask = face_mask((100, 80), (60, 50, 60))  # reaches over the edge
    assert mask.shape == (100, 80) and mask[90, 79] and not mask[:60].any()


def test_a_damaged_file_among_the_faces_is_named(astronaut, tmp_path):
    (tmp_path / "train").mkdir()
    Image.fromarray(astronaut).save(tmp_path / "train" / "lfw_lfw-0.png")
    (tmp_path / "train" / "lfw_lfw-1.jpg").write_text("dear diary")
    with pytest.raises(DataError, match="lfw_lfw-1.jpg"):
        find_faces(tmp_path)
    faults = []
    faces = find_faces(tmp_path, on_fault=faults.append)
    assert len(faces) == 1 and len(faults) == 1 and "lfw_lfw-1.jpg" in faults[0]
    faces = faces.assign(photo="train/lfw_lfw-1.jpg")
    assert measure_faces(None, tmp_path, faces, faults.append).empty and len(faults) == 2


def test_bias_is_signed_and_hue_turns_the_short_way():
    # The hue of 170 degrees is 20 degrees away from that of 190
    angles = np.radians([[170, 190], [190, 170]])
    colors = dict(a=np.cos(angles[:, 0]), b=np.sin(angles[:, 0]),
                  predicted_a=2 * np.cos(angles[:, 1]), predicted_b=2 * np.sin(angles[:, 1]))
    faces = pd.DataFrame({name: 10 * values for name, values in colors.items()})
    faces = faces.assign(tone=["tan", "dark"], error=1.0, gray_error=2.0)
    table = skin_table(faces).set_index("tone")
    assert np.allclose(table.loc[["tan", "dark"], "hue"], [20, -20])
    assert np.allclose(table.chroma, 10) and np.allclose(table.explained, 0.75)


def test_the_committed_tables_are_whole():
    damage = pd.read_csv(RESULTS / "damage.csv", keep_default_na=False, na_values=[""])
    each = len(DEGRADATIONS) * len(STRENGTHS) + 1
    counts = damage[damage["views"]].groupby("set").size()
    assert set(counts.index) == {"all", *TESTED_SETS} and (counts == each).all()
    skin = pd.read_csv(RESULTS / "skin.csv")
    assert [tone_of(angle) for angle in skin.angle] == skin.tone.tolist()
    assert np.allclose(typology_angle(70, 20), 45) and skin.trained_on.nunique() == 2
    held_out = skin[~skin.trained_on]
    faces = pd.read_csv(RESULTS / "faces.csv")
    assert set(held_out.photo) <= set(faces.photo) and set(faces.set) <= set(TESTED_SETS)


def test_make_measures_the_tested_sets(tmp_path):
    *there, downloaded = TESTED_SETS
    for name in (*there, "varied"):
        (tmp_path / f"{name}.tar").touch()
    done = subprocess.run(
        ["make", "--dry-run", "robustness", f"SOURCES={tmp_path}"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )
    words = done.stdout.split()
    tests = [words[place + 1] for place, word in enumerate(words) if word == "--test"]
    archives = [f"{name}={tmp_path}/{name}.tar" for name in there]
    assert tests == [*archives, f"{downloaded}=photos/{downloaded}"]
    assert words[words.index("--people") + 1] == f"{tmp_path}/varied.tar"
