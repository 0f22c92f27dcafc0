"""Runs of the study are scored alike and not done twice; baselines stand in every table."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from filelock import FileLock
from PIL import Image
from typer.testing import CliRunner

from dlcolorize import evaluation, metrics, study
from dlcolorize.command_line import app
from dlcolorize.datasets import DataError
from dlcolorize.evaluation import (
    by_color,
    evaluate,
    extremes_figure,
    gain_by_colorfulness,
    gray_in_truth,
    read_test_photos,
    run_predictors,
    score_table,
    write_table,
)
from dlcolorize.metrics import GRAY_COPY, LIGHTNESS_COPY, MEAN_AB, colorfulness, gray_copy, psnr
from dlcolorize.preparing import prepare, sample_photos
from dlcolorize.registry import RunError
from dlcolorize.runs import Run, TrainConfig
from dlcolorize.training import train

SMALL = dict(epochs=1, epoch_size=16, crop=32, width=4, batch_size=8, device="cpu")
TINY = study.Budget(SMALL, slow={})


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return sample_photos(tmp_path_factory.mktemp("photos"))


@pytest.fixture(scope="module")
def data(photos, tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    prepare(photos, folder / "coco", size=64)
    return folder


@pytest.fixture(scope="module")
def rgb_run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "red-green-blue"
    train(
        TrainConfig(
            (str(data / "coco"),),
            str(out),
            head="rgb",
            epochs=1,
            crop=32,
            width=4,
            batch_size=8,
            device="cpu",
        )
    )
    return out


def plan(*names):
    return {name: study.PLAN[name] for name in names}


@pytest.fixture(scope="module")
def studied(data, photos, tmp_path_factory):
    "A study of one run, trained and scored. Tests change a copy of it."
    out = tmp_path_factory.mktemp("study")
    study.run_study(data, {"coco": photos}, out, TINY, plan("unet-lab-coco"))
    return out


def test_photographs_are_converted_once_for_all_predictors(monkeypatch):
    converted, convert = [], metrics.rgb_to_lab

    def noted(pictures):
        converted.append(pictures)
        return convert(pictures)

    for module in (metrics, evaluation):
        monkeypatch.setattr(module, "rgb_to_lab", noted)
    truth = torch.randint(0, 256, (2, 3, 16, 16), generator=torch.Generator().manual_seed(0)).byte()
    predictors = {
        "same": lambda truth: truth,
        "dark": lambda truth: truth // 2,
        GRAY_COPY: gray_copy,
    }
    scores = evaluation.score_predictors(predictors, ["a", "b"], truth)
    assert len(converted) == 1 + len(predictors)
    for name, predict in predictors.items():
        expected = metrics.score(truth, predict(truth))
        part = scores[scores.predictor == name]
        assert all(part[key].tolist() == values.tolist() for key, values in expected.items())


def test_every_comparison_differs_in_one_thing():
    "Runs that are compared have everything in common but what their names say."

    def everything(planned):
        config = planned.config("data", "run", study.Budget({}, slow={}))
        return dataclasses.asdict(config) | dict(
            trained_on=planned.trained_on, data=None
        )

    runs = {name: everything(planned) for name, planned in study.PLAN.items()}
    rgb, lab = runs["unet-rgb-coco"], runs["unet-lab-coco"]
    assert {name for name in rgb if rgb[name] != lab[name]} == {"head", "loss"}
    grid = {
        "unet-rgb-coco": ("rgb", "l1"),
        "unet-rgb-ab-l1-coco": ("rgb", "ab_l1"),
        "unet-lab-rgb-l1-coco": ("lab", "rgb_l1"),
        "unet-lab-l1-coco": ("lab", "l1"),
        "unet-lab3-rgb-l1-coco": ("lab3", "rgb_l1"),
        "unet-lab3-ab-l1-coco": ("lab3", "ab_l1"),
    }
    for name, (head, loss) in grid.items():
        assert runs[name] == rgb | dict(head=head, loss=loss)
    general = runs["unet-lab-general"]
    for name, count in {"1k": 1000, "4k": 4000, "12k": 12000}.items():
        steps = dict(least_steps=123) if name == "1k" else {}
        assert runs[f"unet-lab-general-{name}"] == general | dict(limit=count) | steps
    pupil = runs["distilled-lab-coco-seed1"]
    assert pupil["seed"] == runs["fast-pretrained-lab-coco-seed1"]["seed"] == 1
    assert pupil["teachers"] == ("fast-pretrained-lab-coco-seed1",)
    for other, thing in (
        ("unet-lab-dogs", "trained_on"),
        ("unet-lab-general", "trained_on"),
        ("unet-lab-l1-coco", "loss"),
        ("distilled-lab-coco", "teachers"),
        ("unet-lab-coco-seed1", "seed"),
        ("dynamic-lab-coco", "model"),
    ):
        assert {name for name in lab if runs[other][name] != lab[name]} == {thing}
    plain, known = runs["fast-lab-coco"], runs["fast-pretrained-lab-coco"]
    assert {name for name in plain if plain[name] != known[name]} == {"pretrained"}


@pytest.mark.parametrize("budget", study.BUDGETS)
def test_no_run_has_fewer_crops_than_its_budget(budget):
    kept, counts = {}, Path(__file__).parents[1] / "results" / "data"
    for name in ("coco", "dogs", "landscapes", "general"):
        rows = pd.read_csv(counts / f"{name}.csv", index_col="split")
        kept[name] = rows.kept["train"]
    for name, run in study.PLAN.items():
        config = run.config("data", name, study.BUDGETS[budget])
        photographs = sum(kept[source] for source in study.TRAINED_ON[run.trained_on])
        photographs = min(photographs, config.limit or photographs)
        repeated = max(photographs, config.least_steps * config.batch_size)
        assert repeated >= config.epoch_size, name


def test_a_run_that_another_process_is_at_is_passed_over(data, photos, tmp_path, capsys):
    (tmp_path / "study").mkdir()
    with FileLock(tmp_path / "study" / "unet-lab-coco.lock"):
        study.run_study(
            data, {"coco": photos}, tmp_path / "study", TINY, plan("unet-lab-coco", "unet-rgb-coco")
        )
    assert "unet-lab-coco: another process trains it" in capsys.readouterr().out
    assert sorted(path.parent.name for path in (tmp_path / "study").glob("*/test.csv")) == [
        "unet-rgb-coco"
    ]


def test_several_processes_share_the_runs(data, photos, tmp_path):
    runs, out = plan("unet-lab-coco", "unet-rgb-coco", "unet-lab-l1-coco"), tmp_path / "study"
    study.run_study_in(2, data, {"coco": photos}, out, TINY, runs)
    assert set(study.read_scores(out).run) == {"", *runs}
    assert {len(Run.open(out / name).history) for name in runs} == {1}
    with pytest.raises(RunError, match="was trained with"):
        longer = study.Budget(SMALL | dict(epochs=2), slow={})
        study.run_study_in(2, data, {"coco": photos}, out, longer, runs)


def test_a_run_that_is_trained_but_not_scored_is_only_scored(
    data, photos, studied, tmp_path, monkeypatch
):
    shutil.copytree(studied, tmp_path, dirs_exist_ok=True)
    first = (tmp_path / "unet-lab-coco" / "test.csv").read_bytes()
    (tmp_path / "unet-lab-coco" / "test.csv").unlink()
    monkeypatch.setattr(study, "train", lambda *arguments, **options: pytest.fail("trained again"))
    study.run_study(data, {"coco": photos}, tmp_path, TINY, plan("unet-lab-coco"))
    assert (tmp_path / "unet-lab-coco" / "test.csv").read_bytes() == first


def test_a_run_of_that_name_with_other_settings_is_not_passed_off_as_this_one(
    data, photos, studied, tmp_path
):
    shutil.copytree(studied, tmp_path, dirs_exist_ok=True)
    before = (tmp_path / "unet-lab-coco" / "test.csv").read_bytes()
    with pytest.raises(
        RunError,
        match=r"unet-lab-coco was trained with \{'epochs': 1\}; "
        r"remove it to train it with \{'epochs': 2\}",
    ):
        study.run_study(
            data,
            {"coco": photos},
            tmp_path,
            study.Budget(SMALL | dict(epochs=2), slow={}),
            plan("unet-lab-coco"),
        )
    assert (tmp_path / "unet-lab-coco" / "test.csv").read_bytes() == before


def test_both_predictors_of_a_run_use_one_prediction(rgb_run, photos, monkeypatch):
    predicted, predict = [], evaluation.predict
    monkeypatch.setattr(
        evaluation,
        "predict",
        lambda run, truth, **choice: predicted.append(truth) or predict(run, truth, **choice),
    )
    names, truth = read_test_photos(photos, "train", size=64)
    evaluate(run_predictors(Run.open(rgb_run)), names, truth)
    assert [len(batch) for batch in predicted] == [len(batch) for batch in truth.split(50)]


def test_a_run_is_scored_at_the_size_that_training_ends_with_and_unshrunk(data, photos, tmp_path):
    study.run_study(
        data,
        {"coco": photos},
        tmp_path,
        study.Budget(SMALL | dict(final_crop=48), slow={}),
        plan("unet-lab-coco"),
    )
    names, whole = read_test_photos(photos)
    scores = study.read_scores(tmp_path)
    gray = scores[scores.predictor == GRAY_COPY].set_index(["set", "photo"]).psnr
    for name, truth in (
        ("coco", F.interpolate(whole, size=(48, 48), mode="bilinear", antialias=True)),
        (study.UNSHRUNK, whole),
    ):
        assert gray[name][names].to_numpy() == pytest.approx(
            psnr(truth, gray_copy(truth)), rel=1e-4
        )
        assert (scores[scores.set == name].predictor.value_counts() == len(names)).all()


def test_keeping_the_lightness_changes_the_lightness_and_nothing_else(rgb_run, photos):
    from skimage.color import rgb2lab

    _, truth = read_test_photos(photos, "train", size=64)
    plain, kept = (predict(truth[:4]) for predict in run_predictors(Run.open(rgb_run)).values())
    lab = [rgb2lab(pixels.permute(0, 2, 3, 1).numpy()) for pixels in (truth[:4], plain, kept)]
    inside = ((kept > 0) & (kept < 255)).all(1).numpy()  # where the screen can show the color
    assert np.abs(lab[2] - lab[0])[..., 0][inside].max() < 1 < np.abs(lab[1] - lab[0])[..., 0].max()
    assert np.abs(lab[2] - lab[1])[..., 1:][inside].mean() < 1


def test_each_figure_of_a_table_is_computed_from_the_pictures(photos):
    names, truth = read_test_photos(photos, "train", size=64)
    paler = (0.8 * truth.float() + 0.2 * gray_copy(truth).float()).round().byte()
    assert len(truth) <= 50  # one batch
    table = score_table(evaluate({"paler": lambda truth: paler}, names, truth))
    pictures = gray_copy(truth), paler
    squared = [(truth - each.float()).square().mean((1, 2, 3)) for each in pictures]
    pooled = 10 * torch.log10(squared[0].mean() / squared[1].mean())
    differences = colorfulness(paler) - colorfulness(truth)
    row = table.loc["paler"]
    assert row["pooled gain"] == f"{pooled:+.2f}" and 13.9 < pooled < 14.1  # a fifth of the error
    assert row["median gain"] == f"{(10 * torch.log10(squared[0] / squared[1])).median():+.2f}"
    assert row["improved"] == "100%" and table.loc[GRAY_COPY, "improved"] == "0%"
    assert row["ΔCF, set"] == f"{differences.mean().abs():.1f}"
    assert row["ΔCF, each"] == f"{differences.abs().mean():.1f}"


def test_too_pale_and_too_bold_cancel_out_over_a_set_but_not_in_each_photograph():
    values = dict(mae=0.1, psnr=20.0, ssim=0.9, ciede2000=10.0, true_colorfulness=40.0)
    rows = [
        dict(photo=photo, predictor=name, colorfulness=color) | values
        for photo, shift in (("a", 10), ("b", -10))
        for name, color in ((GRAY_COPY, 0), ("off", 40 + shift))
    ]
    table = score_table(pd.DataFrame(rows))
    assert table["ΔCF, set"].tolist() == ["40.0", "0.0"]
    assert table["ΔCF, each"].tolist() == ["40.0", "10.0"]


def test_groups_by_colorfulness_are_equally_large_and_without_gray_photographs():
    rows = [
        dict(photo=f"{n}.jpg", predictor=name, psnr=psnr, true_colorfulness=float(n))
        for n in range(11)
        for name, psnr in ((GRAY_COPY, 40.0 - n if n else np.inf), ("fixed", 36.0))
    ]
    table = gain_by_colorfulness(pd.DataFrame(rows), "fixed")
    assert table["true colorfulness"].tolist() == [1.5, 3.5, 5.5, 7.5, 9.5]
    assert table["gain, dB"].tolist() == [-2.5, -0.5, 1.5, 3.5, 5.5]
    assert table.improved.tolist() == [0, 0, 1, 1, 1]


def test_each_color_is_separate_and_recovered_by_as_much_as_it_was():
    from dlcolorize.lab_tensors import as_bytes, to_lightness_ab, to_rgb

    face, leaf, sky, wall = (224, 172, 140), (90, 140, 70), (110, 150, 200), (128, 128, 128)
    truth = (
        torch.tensor([face, leaf, sky, sky, wall], dtype=torch.uint8)
        .T[None, :, None]
        .repeat(1, 1, 6, 1)
    )

    def half(truth):
        lightness, ab = to_lightness_ab(truth)
        return as_bytes(to_rgb(lightness, ab / 2))

    table = by_color({"half": half, "truth": lambda truth: truth}, truth).set_index(
        ["predictor", "color"]
    )
    there = table.loc["truth"][table.loc["truth"].share > 0]
    assert there.share.round(3).to_dict() == {
        "gray": 0.2,
        "orange": 0.2,
        "green": 0.2,
        "blue": 0.4,
        "tones of skin, wood and sand": 0.2,
    }
    assert (there.error == 0).all() and np.allclose(there.recovered.drop("gray"), 1)
    colored = table.loc["half"].loc[["orange", "green", "blue", "tones of skin, wood and sand"]]
    assert np.allclose(colored.recovered, 0.5, atol=0.03) and np.allclose(
        colored.error / colored.gray_error, 0.5, atol=0.03
    )
    swapped = by_color(
        {"leaf for sky": lambda truth: truth[..., [0, 1, 1, 1, 4]]}, truth
    ).set_index("color")
    assert (
        swapped.recovered["blue"] < 0
        and swapped.error["blue"] > swapped.gray_error["blue"]
        and swapped.error["green"] == 0
    )


def test_the_command_scores_a_run_and_leaves_table_and_picture(rgb_run, photos, tmp_path):
    arguments = (
        "evaluate",
        "--model",
        rgb_run,
        "--data",
        photos,
        "--split",
        "valid",
        "--out",
        tmp_path / "scores.csv",
    )
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    scores = pd.read_csv(tmp_path / "scores.csv")
    assert set(scores.predictor) == {
        GRAY_COPY,
        LIGHTNESS_COPY,
        MEAN_AB,
        "red-green-blue",
        "red-green-blue, lightness kept",
    }
    assert (
        sorted(scores.photo.unique()) == sorted(read_test_photos(photos, "valid")[0])
        and "red-green-blue" in done.stdout
    )
    assert (
        "gray copy" in (tmp_path / "table-scores.md").read_text()
        and r"\pm" in (tmp_path / "table-scores.tex").read_text()
    )
    assert (
        pd.read_csv(tmp_path / "table-scores.csv", index_col=0).index == scores.predictor.unique()
    ).all()
    assert (tmp_path / "scores.webp").stat().st_size > 1000
    assert set(pd.read_csv(tmp_path / "colors-scores.csv").predictor) == {
        "red-green-blue",
        "red-green-blue, lightness kept",
    }


def test_the_protocol_of_papers_is_scored_at_256_pixels(photos, tmp_path):
    out = tmp_path / "protocol.csv"
    done = CliRunner().invoke(app, ["protocol", "--test", f"squares={photos}", "--out", str(out)])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(out).set_index("predictor")
    assert table.index.tolist() == [GRAY_COPY, LIGHTNESS_COPY, "vividness 1", "vividness 0"]
    names, truth = read_test_photos(photos, size=256)
    assert (table.photographs == len(names)).all() and (table.set == "squares").all()
    gray = table.loc[GRAY_COPY]
    assert gray["PSNR, dB"] == pytest.approx(psnr(truth, gray_copy(truth)).mean().item(), rel=1e-3)
    assert gray["ΔCF, set"] == pytest.approx(colorfulness(truth).mean().item(), rel=1e-3)
    assert table.loc["vividness 0", "CF"] < table.loc["vividness 1", "CF"]
    assert (table["EfficientNet Fréchet distance"] > 0).all() and "predictor" in done.stdout


def test_a_table_is_the_same_in_every_form(tmp_path):
    cells = {"PSNR, dB": ["23.12 ± 0.10"], "share_of 100%": ["5%"]}
    table = pd.DataFrame(cells, index=[MEAN_AB])
    write_table(table, tmp_path / "a.table.csv")
    assert pd.read_csv(tmp_path / "a.table.csv", index_col=0).equals(table)
    assert "| mean ab | 23.12 ± 0.10 | 5%" in " ".join(
        (tmp_path / "a.table.md").read_text().split()
    )
    assert r"share\_of 100\%" in (tmp_path / "a.table.tex").read_text()
    twofold = pd.DataFrame(
        {"gain": ["+0.40"]},
        index=pd.MultiIndex.from_tuples([("unet", "dogs")], names=["network", "tested on"]),
    )
    write_table(twofold, tmp_path / "b.csv")
    assert "| unet | dogs | +0.40 |" in " ".join((tmp_path / "b.md").read_text().split())
    assert "unet & dogs & +0.40" in (tmp_path / "b.tex").read_text()


def test_the_slow_network_gets_fewer_crops_where_the_budget_says_so():
    for name, planned in study.PLAN.items():
        on_cpu, on_gpu = (
            planned.config("data", name, study.BUDGETS[budget]) for budget in ("cpu", "gpu")
        )
        assert planned.trained_on in study.TRAINED_ON and on_cpu.epoch_size == (
            1312 if "dynamic" in name else 3936
        )
        assert on_gpu.epoch_size == 3936


def test_a_trial_that_is_given_up_is_a_trial_and_one_that_failed_is_not(
    data, tmp_path, monkeypatch
):
    config = dict(epochs=2, epoch_size=16, crop=32, batch_size=8, device="cpu")
    monkeypatch.setattr(optuna.trial.Trial, "should_prune", lambda trial: True)
    study.search(data / "coco", tmp_path, config, trials=1, spaces=["rgb"])
    (row,) = pd.read_csv(tmp_path / "search-rgb.csv").to_dict("records")
    assert row["state"] == "PRUNED" and np.isfinite(row["gain"])
    with monkeypatch.context() as broken, pytest.raises(RuntimeError, match="the power failed"):
        broken.setattr(
            study,
            "train",
            lambda *arguments, **options: (_ for _ in ()).throw(RuntimeError("the power failed")),
        )
        study.search(data / "coco", tmp_path, config, trials=2, spaces=["rgb"])
    study.search(data / "coco", tmp_path, config, trials=2, spaces=["rgb"])
    assert pd.read_csv(tmp_path / "search-rgb.csv").state.tolist() == ["PRUNED", "PRUNED"]


def test_a_pupil_waits_for_its_teacher(data, photos, studied, tmp_path, capsys):
    runs = {
        "pupil": dataclasses.replace(study.PLAN["distilled-lab-coco"], teacher="unet-lab-coco")
    } | plan("unet-lab-coco")
    study.run_study(data, {"coco": photos}, tmp_path, TINY, {"pupil": runs["pupil"]})
    assert (
        "pupil: its teacher, unet-lab-coco, is not ready yet" in capsys.readouterr().out
        and not (tmp_path / "pupil").exists()
    )
    shutil.copytree(studied, tmp_path, dirs_exist_ok=True)
    study.run_study(data, {"coco": photos}, tmp_path, TINY, runs)
    pupil, alone = (Run.open(tmp_path / name).net.state_dict() for name in runs)
    assert set(study.read_scores(tmp_path).run) == {"", *runs} and any(
        not torch.equal(pupil[key], alone[key]) for key in pupil
    )


def test_in_a_clone_the_committed_runs_are_kept_and_nothing_stops(
    photos, tmp_path, monkeypatch, capsys
):
    committed = Path(__file__).parent.parent / "results" / "study-cpu"
    shutil.copytree(
        committed, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.safetensors")
    )
    planned = study.PLAN | study.tuned(tmp_path)
    names = [path.parent.name for path in sorted(tmp_path.glob("*/result.json"))]
    assert len(names) >= 25
    monkeypatch.setattr(study, "train", lambda *arguments, **options: pytest.fail("trained"))
    kept = {name: planned[name] for name in names}
    study.run_study("data", {"coco": photos}, tmp_path, study.BUDGETS["cpu"], kept)
    said = capsys.readouterr().out.splitlines()
    assert said and all(": no weights here; remove " in line for line in said)
    with pytest.raises(RunError, match="an earlier search without its search.db; remove"):
        study.search("data/coco", tmp_path, study.BUDGETS["cpu"].settings)
    assert not (tmp_path / "search.db").exists()


def test_a_pupil_of_a_teacher_without_weights_is_passed_over(
    data, photos, studied, tmp_path, capsys
):
    shutil.copytree(studied, tmp_path, dirs_exist_ok=True)
    (tmp_path / "unet-lab-coco" / "model.safetensors").unlink()
    pupil = dataclasses.replace(study.PLAN["distilled-lab-coco"], teacher="unet-lab-coco")
    study.run_study(data, {"coco": photos}, tmp_path, TINY, {"pupil": pupil})
    assert "unet-lab-coco: no weights here; remove" in capsys.readouterr().out
    assert not (tmp_path / "pupil" / "config.json").exists()


def test_the_best_whole_trial_of_each_space_is_trained(tmp_path):
    for space, loss in (("rgb", dict(loss="ab_l1")), ("lab", dict(loss="l1"))):
        rows = [
            dict(
                trial=0,
                gain=0.1,
                state="COMPLETE",
                seconds=9,
                lr=0.001,
                weight_decay=0.01,
                dropout=0.1,
                width=12,
            )
            | loss,
            dict(
                trial=1,
                gain=0.2,
                state="COMPLETE",
                seconds=9,
                lr=0.002,
                weight_decay=0.02,
                dropout=0.2,
                width=16,
            )
            | loss,
            dict(
                trial=2,
                gain=0.3,
                state="PRUNED",
                seconds=3,
                lr=0.003,
                weight_decay=0.03,
                dropout=0.3,
                width=20,
            )
            | loss,
        ]
        pd.DataFrame(rows).to_csv(tmp_path / f"search-{space}.csv", index=False)
    runs = study.tuned(tmp_path)
    found = dict(lr=0.002, weight_decay=0.02, dropout=0.2, width=16)
    losses = {"rgb": "ab_l1", "lab": "l1"}
    assert runs == {
        study.seed_name(f"tuned-{space}-coco", seed): study.PlannedRun(
            dict(head=space, loss=loss) | found | (dict(seed=seed) if seed else {})
        )
        for seed in study.SEEDS
        for space, loss in losses.items()
    }
    config = runs["tuned-lab-coco"].config("data", "run", study.BUDGETS["cpu"])
    assert config == TrainConfig(
        ("data/coco",),
        "run",
        epochs=12,
        epoch_size=3936,
        crop=96,
        final_crop=128,
        **dict(head="lab", loss="l1") | found,
    )


def test_the_first_ruler_is_that_of_all_tables(rgb_run, photos, tmp_path):
    names, truth = read_test_photos(photos, "valid", size=64)
    run = Run.open(rgb_run)
    path = tmp_path / "rulers.csv"
    study.write_rulers(path, {GRAY_COPY: gray_copy} | run_predictors(run), truth)
    table = pd.read_csv(path).set_index(["predictor", "ruler"])
    right = evaluate(run_predictors(run), names, truth).groupby("predictor").mean(numeric_only=True)
    for name in (GRAY_COPY, "red-green-blue"):
        for metric in ("mae", "psnr", "ssim"):
            measured = table.loc[(name, "as defined"), metric]
            assert measured == pytest.approx(right.loc[name, metric], abs=2e-4)
    lab = table.loc[(GRAY_COPY, "L*a*b* in [-1, 1], data_range 1")]
    assert lab.ssim < table.loc[(GRAY_COPY, "as defined")].ssim  # the colors are missing
    assert table.loc[("red-green-blue", "data_range of floats, 2"), "psnr"] == pytest.approx(
        right.loc["red-green-blue", "psnr"] + 20 * np.log10(2), abs=1e-3
    )


def test_a_packed_set_is_not_scored_and_one_photograph_is(tmp_path):
    photos = sample_photos(tmp_path / "photos")
    prepare(photos, tmp_path / "set", size=64)
    with pytest.raises(DataError, match="a packed set; whole photographs are scored"):
        read_test_photos(tmp_path / "set")
    names, pixels = read_test_photos(photos, size=64)
    scores = evaluate({"gray": gray_copy}, names[:1], pixels[:1])
    table = score_table(scores)
    assert table.loc["gray", "PSNR, dB"].endswith("± nan")
    assert float(table.loc["gray", "PSNR, dB"].split()[0]) > 5


@pytest.mark.parametrize("colored", [1, 4])
def test_photographs_that_are_gray_in_truth_do_not_spoil_a_table(photos, tmp_path, colored):
    names, truth = read_test_photos(photos, "train", size=64)
    truth = torch.cat([truth[:colored], gray_copy(truth[colored : colored + 2])])
    names = names[: len(truth)]
    predictors = {"inverted": lambda truth: 255 - truth}
    scores = evaluate(predictors, names, truth)
    row = score_table(scores).loc["inverted"]
    assert gray_in_truth(scores).startswith(f"2 of {len(truth)} photographs gray in truth")
    mean = scores[(scores.predictor == "inverted") & scores.photo.isin(names[:colored])].psnr.mean()
    assert row["PSNR, dB"].split()[0] == f"{mean:.2f}" and "inf" not in "".join(row)
    assert row.MAE.split()[0] == f"{scores[scores.predictor == 'inverted'].mae.mean():.4f}"
    figure = extremes_figure(scores, predictors, names, truth)
    titles = [ax.get_title("left") for ax in figure.axes]
    assert sum(title.endswith(" dB") for title in titles) == 3 * min(3, colored)
    assert not any("nan" in title or "inf" in title for title in titles)


def test_evaluate_counts_the_photographs_that_are_gray_in_truth(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
    for number in range(3):
        shade = np.full((64, 64, 3), (60 * number, 90, 90), np.uint8) if number else np.uint8(99)
        pixels = np.broadcast_to(shade, (64, 64, 3))
        Image.fromarray(np.ascontiguousarray(pixels)).save(tmp_path / "test" / f"{number}.png")
    options = ["--data", tmp_path, "--out", tmp_path / "scores.csv"]
    result = CliRunner().invoke(app, ["evaluate", *map(str, options)])
    assert result.exit_code == 0
    line = "1 of 3 photographs gray in truth: not in the means of PSNR and gain"
    assert result.stdout.splitlines()[-1] == line and "inf" not in result.stdout


def test_evaluate_replaces_no_photograph(tmp_path):
    (tmp_path / "test").mkdir()
    names = ["test/cat.jpg", "cat.webp"]
    for name in names:
        Image.fromarray(np.full((64, 64, 3), (200, 90, 90), np.uint8)).save(tmp_path / name)
    before = [(tmp_path / name).read_bytes() for name in names]
    for out, said in (("test/cat.jpg", "ends in .csv"), ("cat.csv", "cat.webp: there already")):
        options = ["--data", tmp_path, "--out", tmp_path / out]
        result = CliRunner().invoke(app, ["evaluate", *map(str, options)])
        assert result.exit_code == 1 and said in result.stderr and not result.stdout
    assert [(tmp_path / name).read_bytes() for name in names] == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cat.webp", "test"]


def test_evaluate_of_gray_photographs_prints_what_needs_no_color(tmp_path):
    (tmp_path / "test").mkdir()
    for number in range(2):
        pixels = np.random.default_rng(number).integers(0, 255, (64, 64), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "test" / f"{number}.png")
    options = ["--data", tmp_path, "--out", tmp_path / "scores.csv"]
    result = CliRunner().invoke(app, ["evaluate", *map(str, options)])
    assert result.exit_code == 0
    counted, header, gray, *_, last = result.stdout.splitlines()
    assert counted == f"2 photographs of {tmp_path} (split: test)"
    assert header.split()[0] == "MAE" and "PSNR" not in header and "SSIM" in header
    assert gray.startswith("gray copy") and float(gray.split()[2]) < 0.01
    assert last.startswith("all 2 photographs are gray in truth") and "PSNR, dB; gain" in last
    assert "nan" not in result.stdout and "inf" not in result.stdout
