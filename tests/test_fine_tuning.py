"""Runs that start from another one, go on with more epochs, or have no photographs to validate."""

import csv
import dataclasses
import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from dlcolorize import exporting, runs, training
from dlcolorize.command_line import app
from dlcolorize.data_loading import held_out, photo_loaders, photos_at
from dlcolorize.exporting import card_of_file
from dlcolorize.layers import without_classifier
from dlcolorize.model_files import WEIGHTS, model_path
from dlcolorize.registry import NETWORKS, NetworkEntry, RunError
from dlcolorize.runs import NoRun, Run, StartDoesNotFit, find_run, recipe
from dlcolorize.training import FolderTaken, make_learner, train

torch.set_num_threads(1)
SMALL = dict(crop=64, batch_size=8, lr=4e-3, device="cpu")


@pytest.fixture(scope="module")
def trained(packed, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "first"
    train(recipe((packed,), str(out), width=4, epochs=2, head="bins", **SMALL))
    return out


@pytest.fixture(scope="module")
def without_valid(packed, tmp_path_factory):
    "The same album, as if all of its photographs had been drawn for the other splits."
    album = shutil.copytree(packed, tmp_path_factory.mktemp("sets") / "album")
    with open(album / "manifest.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] != "valid"]
    with open(album / "manifest.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    np.save(album / "valid.npy", np.load(album / "valid.npy")[:0])
    settings = json.loads((album / "set.json").read_text())
    settings.pop("arrays", None)
    (album / "set.json").write_text(json.dumps(settings))
    return album


def wrong_usage(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 2
    return result.stderr.splitlines()[-1]


def one_line(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)))
    (line,) = result.stderr.strip().splitlines()
    assert result.exit_code == 1
    return line


def test_the_run_of_the_model_that_ships_is_found_by_its_name():
    run = Run.open("base")
    weights = hashlib.sha256((run.folder / "model.safetensors").read_bytes())
    assert card_of_file(model_path("base")).weights_sha256 == weights.hexdigest()
    assert run.config.model == "base" and run.config.head == "bins"


def test_a_run_is_found_in_an_installed_package(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "WEIGHTS", tmp_path / "package" / "weights")
    with pytest.raises(NoRun, match="base: no training run here"):
        find_run("base")
    shutil.copytree(trained, tmp_path / "package" / "weights" / "base")
    assert find_run("base") == tmp_path / "package" / "weights" / "base"


def test_before_the_first_step_it_predicts_like_its_start(packed, tmp_path):
    learn = make_learner(recipe((packed,), str(tmp_path), start="base", **SMALL))
    start = Run.open("base")
    gray = torch.rand(2, 1, 64, 96) * 2 - 1
    with torch.no_grad():
        assert torch.equal(without_classifier(learn.model).eval()(gray), start.net(gray))
    assert torch.equal(learn.head.weights, start.head.weights)  # not those of the album
    assert learn.head.weights.std() > 0


def test_a_held_encoder_stays_and_the_rest_is_trained(packed, tmp_path):
    train(recipe((packed,), str(tmp_path / "run"), start="base", epochs=1, limit=16, **SMALL))
    before, after = Run.open("base"), Run.open(tmp_path / "run")
    old, new = before.net.state_dict(), after.net.state_dict()
    changed = {name for name in old if not torch.equal(old[name], new[name])}
    assert changed and not any(name.startswith("encoder.") or "running" in name for name in changed)
    assert not torch.equal(before.net.scores.weight, after.net.scores.weight)
    assert torch.equal(before.head.weights, after.head.weights)
    assert after.config.start == "base" and after.config.pretrained == before.config.pretrained


def test_an_encoder_that_is_not_held_has_its_share_of_the_rate(packed, tmp_path):
    settings = dict(start="base", encoder_lr=0.5, epochs=1, limit=16)
    learn = train(recipe((packed,), str(tmp_path / "run"), **settings, **SMALL))
    encoder, rest = (group["lr"] for group in learn.opt.hypers)
    assert encoder == pytest.approx(rest / 2)
    before, after = Run.open("base"), Run.open(tmp_path / "run")
    assert not torch.equal(before.net.encoder.conv_stem.weight, after.net.encoder.conv_stem.weight)


def test_a_share_of_the_start_is_kept(packed, trained, tmp_path):
    def kept(share):
        out = str(tmp_path / f"keeps-{share}")
        settings = SMALL | dict(start=str(trained), epochs=2, limit=16, start_share=share)
        weights = without_classifier(train(recipe((packed,), out, **settings)).model).state_dict()
        for name, stored in Run.open(out).net.state_dict().items():  # large ones in 16 bits
            assert torch.allclose(stored.float(), weights[name].float(), rtol=1e-3, atol=1e-6)
        return {name: value for name, value in weights.items() if value.is_floating_point()}

    alone, mixed, start = kept(0.0), kept(0.25), Run.open(trained).net.state_dict()
    assert any(not torch.equal(alone[name], start[name]) for name in alone)
    for name, value in mixed.items():
        assert torch.allclose(value, 0.75 * alone[name] + 0.25 * start[name], atol=1e-6), name


def test_what_does_not_fit_is_one_line(packed, trained, tmp_path):
    to = "train", "--data", packed, "--out", tmp_path / "run"
    hint = "(leave these settings out, or name another start with --from)"
    assert wrong_usage(*to, "--from", trained, "--model", "autoencoder", "--width", 8).endswith(
        f"{trained}: trained with model unet, not autoencoder, width 4, not 8 {hint}")
    assert wrong_usage(*to, "--from", "base", "--model", "unet").endswith(
        f"base: trained with model base, not unet {hint}")
    assert wrong_usage(*to, "--from", "base", "--set", "grid_step=10").endswith(
        f"base: trained with grid_step 12.0, not 10.0 {hint}")
    assert one_line(*to, "--from", "nowhere") == (
        "dlcolorize: nowhere: no training run here (dlcolorize train)")
    assert "the run there is the one to start from" in one_line(
        "train", "--data", packed, "--out", trained, "--from", trained, "--resume")
    with pytest.raises(StartDoesNotFit):
        make_learner(recipe((packed,), str(tmp_path), start=str(trained), head="lab", **SMALL))


def test_a_number_outside_its_range_is_one_line(packed, tmp_path):
    to = "train", "--data", packed, "--out", tmp_path / "run"
    assert wrong_usage(*to, "--set", "lr=-1").endswith("lr is -1.0; it has to be above 0")
    assert wrong_usage(*to, "--set", "average=nan").endswith(
        "average is nan; it has to be from 0 to below 1")
    assert not (tmp_path / "run").exists()


def test_an_album_is_all_that_the_command_needs(packed, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small = "--epochs", 1, "--crop", 64, "--batch-size", 8
    for start in (("--from", trained), ("--set", f"start={trained}")):
        result = CliRunner().invoke(app, [*map(str, ("train", "--data", packed, *start, *small))])
        assert result.exit_code == 0, result.stderr
        run = Run.open(tmp_path / "runs" / "album")
        assert run.config == recipe((packed,), "runs/album", start=str(trained), epochs=1, crop=64,
                                    batch_size=8, device=run.config.device)
        shutil.rmtree(tmp_path / "runs")


def test_a_finished_run_goes_on_with_more_epochs(packed, tmp_path):
    rates = []

    class Rates(training.Callback):
        order = 61  # after the schedule

        def before_batch(self):
            if self.training:
                rates.append(self.opt.hypers[-1]["lr"])

    def config(epochs):
        return recipe((packed,), str(tmp_path / "run"), width=4, epochs=epochs, **SMALL)

    train(config(2))
    before = pd.read_csv(tmp_path / "run" / "history.csv")
    train(config(3), resume=True, callbacks=[Rates()])
    after = pd.read_csv(tmp_path / "run" / "history.csv")
    assert after.epoch.tolist() == [1, 2, 3] and after[:2].equals(before)
    assert Run.open(tmp_path / "run").config.epochs == 3
    place = (2 / 3 - 0.15) / 0.85  # on the way down, which begins after 15 % of all steps
    assert rates[0] == pytest.approx(SMALL["lr"] * (1 + np.cos(np.pi * place)) / 2, rel=1e-3)
    assert rates == sorted(rates, reverse=True)
    with pytest.raises(FolderTaken, match="other settings: epochs"):
        train(config(2), resume=True)


def test_without_a_valid_split_a_tenth_validates_and_is_not_trained_on(
    packed, without_valid, tmp_path, capsys, monkeypatch
):
    whole = np.load(without_valid / "train.npy")
    rows = held_out(len(whole), seed=3)
    assert len(rows) == round(len(whole) / 10)
    dls, _ = photo_loaders([without_valid], 8, 64, seed=3)
    valid = photos_at(dls.valid, range(len(rows))).permute(0, 2, 3, 1).numpy()
    assert np.array_equal(valid, whole[rows])
    rest = photos_at(dls.train, range(len(dls.train.photos))).permute(0, 2, 3, 1).numpy()
    assert np.array_equal(rest, np.delete(whole, rows, axis=0))
    other, _ = photo_loaders([without_valid, packed], 8, 64, seed=3)  # one of them has a split
    assert len(other.valid.photos) == len(np.load(packed / "valid.npy"))

    settings = dict(width=4, epochs=1, seed=3, head="bins", **SMALL)
    train(recipe((without_valid,), str(tmp_path / "run"), **settings))
    lines = [line for line in capsys.readouterr().out.splitlines() if "valid split" in line]
    assert lines == [f"{without_valid}: no valid split; {len(rows)} of {len(whole)} training "
                     "photographs validate instead and are not trained on"]
    shown = []
    table = exporting.decoding_table
    monkeypatch.setattr(exporting, "decoding_table", lambda run, photos, *more, **options: (
        shown.append(photos), table(run, photos, *more, **options))[1])
    exporting.export(tmp_path / "run", tmp_path / "album.onnx", working_size=64)
    assert all(np.array_equal(photos, whole[rows]) for photos in shown) and len(shown) > 1


@pytest.mark.parametrize("limit", [None, 31])
def test_the_decoding_is_chosen_on_what_validated_the_training(
    packed, without_valid, tmp_path, limit, capsys
):
    "Sets of the same name are told apart, and a limit is shared as in the training."
    folders = []
    for place in "ab":
        folders.append(str(shutil.copytree(without_valid, tmp_path / place / "set")))
    run = Run.open("base")
    run.config = dataclasses.replace(run.config, data=folders, limit=limit, seed=4)
    dls, _ = photo_loaders(folders, 8, 64, seed=4, limit=limit)
    count = len(dls.valid.photos)
    validated = photos_at(dls.valid, range(count)).permute(0, 2, 3, 1).numpy()
    photos = exporting._validation_photos(run, folders)
    assert list(photos) == ["a/set", "b/set"]
    assert np.array_equal(np.concatenate(list(photos.values())), validated)
    one = exporting._validation_photos(run, folders[1:])  # as a part of these sets
    assert np.array_equal(one["set"], photos["b/set"])
    training._report_held_out(run.config)
    total = count + len(dls.train.photos)
    assert abs(total - (limit or 2 * len(np.load(without_valid / "train.npy")))) <= 1
    assert f"no valid split; {count} of {total} training photographs" in capsys.readouterr().out
    run.config = dataclasses.replace(run.config, data=[str(packed)])
    (valid,) = exporting._validation_photos(run, [packed]).values()
    assert np.array_equal(valid, np.load(packed / "valid.npy")[:limit])


def test_an_export_that_cannot_be_written_is_said_before_the_work(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "_measure_decoding", lambda *_: pytest.fail("it worked first"))
    (tmp_path / "file").touch()
    (tmp_path / "folder.onnx").mkdir()
    for out, said in {
        "file/model.onnx": "cannot be written (File exists)",
        "folder.onnx": "a folder; give the name of a file",
        "model.pt": "the name of a model file ends in .onnx",
    }.items():
        assert one_line("export", "base", "--out", tmp_path / out) == (
            f"dlcolorize: {tmp_path / out}: {said}"
        )


def test_an_export_changes_nothing_in_the_run(tmp_path, monkeypatch):
    def table(run, photos, working_size, *more, **options):
        columns = dict(rebalancing_undone=0.0, temperature=1.0, psnr=24.0, gray_psnr=23.0)
        return pd.DataFrame([columns | dict(colorfulness=0.7, at_least=0.66)])

    monkeypatch.setattr(exporting, "decoding_table", table)
    monkeypatch.setattr(
        exporting, "_validation_photos", lambda *_: {"a": np.zeros((2, 8, 8, 3), np.uint8)}
    )
    monkeypatch.setattr(exporting, "write_onnx", lambda network, path, card: path.touch())
    folder = find_run("base")
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    exporting.export("base", tmp_path / "new" / "album.onnx", data=["a"])
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    names = {"album.onnx", "album-decoding.csv", "album-working_size.csv"}
    assert {path.name for path in (tmp_path / "new").iterdir()} == names


def test_scores_of_nothing_or_of_another_model_are_one_line(tmp_path):
    model = shutil.copy(WEIGHTS / "base.onnx", tmp_path / "m.onnx")
    before = model.read_bytes()
    missing = tmp_path / "nowhere"
    assert one_line("quality", model, missing).startswith(f"dlcolorize: {missing}: ")
    (tmp_path / "none").mkdir()
    assert one_line("quality", model, tmp_path / "none").startswith(
        f"dlcolorize: {tmp_path / 'none'}: no scores test-SET.csv in this folder"
    )
    rows = [dict(photo="x", predictor=name, psnr=20.0) for name in ("gray copy", "album")]
    pd.DataFrame(rows).to_csv(tmp_path / "test-coco.csv", index=False)
    assert one_line("quality", model, tmp_path).startswith(
        f"dlcolorize: {tmp_path / 'test-coco.csv'}: scores of album; the model is base"
    )
    assert model.read_bytes() == before
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a model")
    assert one_line("quality", broken, tmp_path).startswith(
        f"dlcolorize: {broken}: not an ONNX model"
    )


def test_a_model_is_written_completely_or_not_at_all(tmp_path, monkeypatch):
    model = shutil.copy(WEIGHTS / "base.onnx", tmp_path / "m.onnx")
    before = model.read_bytes()

    def full_disk(path, content):
        with path.open("wb") as file:
            file.write(content[:1000])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full_disk)
    row = dict(photo="x", mae=0.1, ssim=0.9, psnr=20.0, colorfulness=1, true_colorfulness=2)
    rows = [row | dict(predictor=name) for name in ("gray copy", "base")]
    pd.DataFrame(rows).to_csv(tmp_path / "test-coco.csv", index=False)
    with pytest.raises(OSError, match="No space left"):
        exporting.add_quality(model, tmp_path)
    assert model.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.onnx", "test-coco.csv"]


def test_an_album_is_exported_as_colorful_as_the_model_it_began_with(packed, monkeypatch, tmp_path):
    run = Run.open("base")
    run.config = dataclasses.replace(run.config, start="base", data=(str(packed),))
    shipped = card_of_file(WEIGHTS / "base.onnx")

    def table(measured, photos, working_size, rebalancing_undone=None, temperatures=(), title=""):
        assert working_size == (size or shipped.working_size) and title.startswith("colors of ")
        assert temperatures == (shipped.temperature,)
        if measured is run:  # bolder: as colorful as its start with 0.8 of the rebalancing undone
            shares = pd.Series([-0.5, 0.0, 0.5, 1.0])
            return pd.DataFrame(dict(rebalancing_undone=shares, colorfulness=1 - shares / 2))
        assert rebalancing_undone == (shipped.rebalancing_undone,)
        return pd.DataFrame(dict(rebalancing_undone=rebalancing_undone, colorfulness=[0.6]))

    monkeypatch.setattr(exporting, "decoding_table", table)
    for size in (None, 96):
        usage = exporting._usage_as_start(run, 4, size)
        assert usage["rebalancing_undone"] == 0.8 and usage["temperature"] == shipped.temperature
        assert usage["working_size"] == (size or shipped.working_size)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()  # a run of the user's own, which is not the package's
    assert exporting._usage_as_start(run, sample=4) == {}


def test_a_head_without_a_choice_is_exported_at_the_size_that_is_given(packed, tmp_path):
    train(recipe((packed,), str(tmp_path / "run"), width=4, epochs=1, limit=16, **SMALL))
    card = exporting.export(tmp_path / "run", tmp_path / "lab.onnx", working_size=96)
    assert card.working_size == card_of_file(tmp_path / "lab.onnx").working_size == 96
    line = one_line("export", tmp_path / "run", "--out", tmp_path / "lab.onnx", "--data", packed)
    assert line.endswith("the head lab has no decoding that could be chosen on photographs; "
                         "export it without them")


@pytest.mark.parametrize("settings, reason", [
    (("--head", "rgb", "--set", "error_weight=0.5"), "error_weight has no effect with the loss l1"),
    (("--set", "label_weight=0.3"), "label_weight has no effect with the loss huber"),
    (("--set", "rebalance=0"), "rebalance has no effect with the head lab"),
    (("--set", "grid_step=8"), "grid_step has no effect with the head lab"),
    (("--set", "start_share=0.5"),
     "start_share has no effect in a run that starts from no other run"),
    (("--set", "teacher_share=0.2"), "teacher_share has no effect in a run without teachers"),
    (("--model", "small", "--random", "--set", "encoder_lr=0"),
     "encoder_lr has no effect on an encoder without trained weights"),
    (("--model", "small", "--random", "--width", "8"), "width has no effect on the network small"),
    (("--model", "dynamic-test_resnet", "--width", "8"),
     "width has no effect on the network dynamic-test_resnet"),
    (("--head", "bins", "--set", "label_weight=0.3"),
     "label_weight has no effect on the network unet, which has no classifier"),
])
def test_a_setting_without_an_effect_is_one_line(packed, tmp_path, settings, reason):
    line = wrong_usage("train", "--data", packed, "--out", tmp_path / "run", *settings)
    assert line.endswith(reason) and not (tmp_path / "run").exists()


def test_recipes_have_no_setting_that_is_refused(trained):
    for model in ("base", "small", "large", "unet", "dynamic-resnet18"):
        recipe(("set",), "run", model)
    for start in ("base", str(trained)):
        recipe(("set",), "run", start=start)
        recipe(("set",), "run", start=start, teachers=["base"])
    used = dict(error_weight=0.5, rebalance=0.0, grid_step=8.0, width=8)
    assert recipe(("set",), "run", head="bins", **used).grid_step == 8.0
    assert recipe(("set",), "run", "autoencoder", width=8).width == 8
    assert recipe(("set",), "run", "small", label_weight=0.2).label_weight == 0.2
    assert recipe(("set",), "run", head="rgb", rebalance=0.5).head == "rgb"  # as it is anyway


def test_a_weight_of_labels_needs_photographs_with_labels(packed, tmp_path):
    def weighed(folder, weight):
        return recipe((folder,), str(tmp_path / "run"), "small", label_weight=weight).label_weight

    unlabeled, labeled = tmp_path / "unlabeled", tmp_path / "labeled"
    for folder, label in ((unlabeled, ""), (labeled, "dog")):
        shutil.copytree(packed, folder)
        manifest = pd.read_csv(folder / "manifest.csv", keep_default_na=False, dtype=str)
        manifest.assign(label=label).to_csv(folder / "manifest.csv", index=False)
    with pytest.raises(RunError, match="^label_weight has no effect on photographs without labels"):
        weighed(unlabeled, 0.2)
    assert weighed(labeled, 0.2) == 0.2
    assert weighed(unlabeled, 0.0) == 0.0  # says what is the case anyway


def test_a_network_of_ones_own_may_read_the_width(monkeypatch):
    def reads(head, config):
        return torch.nn.Conv2d(1, config.width, 1)

    def reads_not(head, config):
        return torch.nn.Conv2d(1, 2, 1)

    monkeypatch.setitem(NETWORKS, "own", NetworkEntry(reads))
    assert recipe(("set",), "run", "own", width=8).width == 8
    monkeypatch.setitem(NETWORKS, "own", NetworkEntry(reads_not))
    with pytest.raises(RunError, match="width has no effect on the network own"):
        recipe(("set",), "run", "own", width=8)
