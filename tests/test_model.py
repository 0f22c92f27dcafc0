"""The model that ships is the one that was trained, and is as good as its card says."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from skimage import data

from dlcolorize.color_profiles import pixels_to_lightness
from dlcolorize.color_spaces import denormalize_ab, lab_to_srgb, normalize_lightness
from dlcolorize.colorizing import Colorizer, along_edges
from dlcolorize.datasets import TESTED_SETS, USED_SETS
from dlcolorize.exporting import ExportedNetwork
from dlcolorize.model_files import WEIGHTS
from dlcolorize.runs import Run
from dlcolorize.views import EDGE_SIZE, reduced, resize, shape_of_area, view_of

RESULTS = Path(__file__).parents[1] / "results" / "base"
colorizer = Colorizer()


def test_the_file_is_small_enough():
    assert (WEIGHTS / "base.onnx").stat().st_size <= 16 * 2**20


@pytest.fixture(scope="module")
def in_torch():
    run = Run.open(RESULTS)
    return ExportedNetwork(run.net, run.head, colorizer.card.temperature).eval()


@pytest.mark.parametrize("name", ["camera", "astronaut", "coffee", "chelsea", "rocket"])
def test_onnx_and_torch_make_the_same_picture(in_torch, name):
    photo = getattr(data, name)()
    lightness = pixels_to_lightness(photo)
    view = view_of(lightness)
    seen = torch.from_numpy(
        normalize_lightness(
            view.shown(
                reduced(lightness, colorizer.card.detail_size, colorizer.card.working_size)
            )
        )
    )[None, None]
    undone = np.float32([colorizer.rebalancing_undone])
    with torch.no_grad():
        coarse = denormalize_ab(in_torch(seen, torch.from_numpy(undone))[0].numpy())
    session, inputs = colorizer.network, dict(lightness=seen.numpy(), undone=undone)
    assert np.abs(denormalize_ab(session.run(["ab"], inputs)[0][0]) - coarse).max() < 0.5
    middle = [
        min(sides) for sides in zip(lightness.shape, shape_of_area(*lightness.shape, EDGE_SIZE))
    ]
    fine = along_edges(
        coarse,
        resize(seen[0, 0].numpy() * 50 + 50, *coarse.shape[1:]),
        view.leveled(resize(lightness, *middle)),
    )
    expected = np.round(
        lab_to_srgb(
            lightness, np.stack([resize(channel, *lightness.shape) for channel in fine], -1)
        )
        * 255
    )
    assert np.abs(expected - np.asarray(colorizer(photo)).astype(float)).max() <= 1


def test_the_weights_are_those_of_the_run():
    assert (
        colorizer.card.weights_sha256
        == hashlib.sha256((RESULTS / "model.safetensors").read_bytes()).hexdigest()
    )


@pytest.mark.parametrize("name", TESTED_SETS)
def test_the_card_says_what_was_measured(name):
    scores = pd.read_csv(RESULTS / f"test-{name}.csv").set_index(["predictor", "photo"])
    model, gray = scores.loc["base"], scores.loc["gray copy"]
    noted = colorizer.card.quality[name]
    prepared = pd.read_csv(RESULTS.parent / "data" / f"{name}.csv").set_index("split")
    assert len(model) == len(gray) == prepared.loc["test"].sum()
    assert noted["psnr"] == pytest.approx(model.psnr.mean(), abs=0.001)
    assert noted["gain"] == pytest.approx((model.psnr - gray.psnr).mean(), abs=0.001)
    assert noted["colorfulness"] == pytest.approx(
        model.colorfulness.mean() / model.true_colorfulness.mean(), abs=0.001
    )


def means_on(name, kind="test"):
    "Average the scores of the model that ships and of the gray copy on a set."
    table = pd.read_csv(RESULTS / f"{kind}-{name}.csv")
    means = table.groupby("predictor").mean(numeric_only=True)
    return means.loc["base"], means.loc["gray copy"]


@pytest.mark.parametrize("name", [each.name for each in USED_SETS if each.trains and each.tests])
def test_it_beats_doing_nothing(name):
    model, gray = means_on(name)
    assert model.psnr >= gray.psnr + 0.5 and model.mae <= gray.mae and model.ssim >= gray.ssim
    assert model.colorfulness >= 0.64 * model.true_colorfulness


def test_it_is_no_worse_than_doing_nothing_on_what_it_was_not_trained_on():
    for name in (each.name for each in USED_SETS if each.tests and not each.trains):
        model, gray = means_on(name)
        assert model.psnr >= gray.psnr and model.mae <= gray.mae
        assert model.colorfulness >= 0.6 * model.true_colorfulness
        model, gray = means_on(name, "careful")
        assert model.psnr >= gray.psnr + 0.5 and model.mae <= gray.mae


def test_a_photograph_it_has_never_seen_gets_the_colors_it_should():
    "The sky over the cameraman is blue, the face of the astronaut is warm."
    sky = colorizer.predict_ab(pixels_to_lightness(data.camera()))[20:120, 350:]
    face = colorizer.predict_ab(pixels_to_lightness(data.astronaut()))[80:150, 195:255]
    assert sky[..., 1].mean() < -5
    assert face[..., 0].mean() > 4 and face[..., 1].mean() > 6


def test_the_run_left_its_whole_record():
    config = json.loads((RESULTS / "config.json").read_text())
    result = json.loads((RESULTS / "result.json").read_text())
    history = pd.read_csv(RESULTS / "history.csv")
    assert history.epoch.iloc[-1] == config["epochs"] == result["epochs"]
    assert result["seconds"] > 0 and config["hardware"]
    assert history.valid_loss.iloc[-1] == history.valid_loss.min()
    losses = pd.read_csv(RESULTS / "losses.csv").query("network == 'base'")
    kept = [pd.read_csv(RESULTS.parent / "data" / f"{Path(name).name}.csv", index_col="split")
            .kept["train"] for name in config["data"]]  # fmt: skip
    assert 0.95 < losses.crops.max() / (config["epochs"] * sum(kept)) <= 1
    assert losses.photographs.iloc[-10:].mean() < losses.photographs.iloc[:10].mean() - 0.2
