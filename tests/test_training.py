"""Runs that are killed, interrupted, misled or shared among processes, and what they leave."""

import http.server
import io
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest
import torch
from filelock import FileLock
from PIL import Image
from processes import Command
from safetensors.torch import load_file
from typer.testing import CliRunner

from dlcolorize import callbacks, fast_unet, heads, losses, registry, training
from dlcolorize.colorizing import Colorizer
from dlcolorize.command_line import app
from dlcolorize.data_loading import spread_rows
from dlcolorize.datasets import DataError
from dlcolorize.exporting import export
from dlcolorize.files import whole_file
from dlcolorize.lab_tensors import as_bytes, to_lightness_ab
from dlcolorize.layers import without_classifier
from dlcolorize.metrics import gray_copy, psnr
from dlcolorize.packed_sets import read_split
from dlcolorize.preparing import prepare, sample_photos
from dlcolorize.registry import RunError
from dlcolorize.runs import Run, TrainConfig, recipe, write_whole
from dlcolorize.tracking import offline_records
from dlcolorize.training import train

torch.set_num_threads(
    1
)  # networks so small are no faster on several, and much slower where several processes are at work
OPTIONS = "--width 4 --crop 64 --batch-size 8 --lr 0.004 --set mixed=0.5".split()


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    prepare(sample_photos(folder / "photos"), folder / "set", size=64)
    return folder / "set"


def config_of(packed, out, **changes):
    return TrainConfig(
        **dict(
            data=(str(packed),),
            out=str(out),
            width=4,
            epochs=2,
            crop=64,
            batch_size=8,
            lr=4e-3,
            mixed=0.5,
            device="cpu",
        )
        | changes
    )


def command(packed, out, *arguments, before="", environment=None):
    options = ["train", "--data", packed, "--out", out, *OPTIONS, *arguments]
    return Command(
        *options, before=before, environment={"CUDA_VISIBLE_DEVICES": ""} | (environment or {})
    )


def finished(process):
    "Standard error of a process that has to succeed."
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


def weights_of(out):
    return load_file(out / "model.safetensors")


def same(first, second):
    return first.keys() == second.keys() and all(
        torch.equal(first[name], second[name]) for name in first
    )


@pytest.fixture(scope="module")
def left_alone(packed, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "whole"
    finished(command(packed, out, "--epochs", "6"))
    return out


@pytest.mark.parametrize("epochs, delay", [(1, 0.0), (4, 0.05)])
def test_a_run_that_is_killed_and_resumed_ends_with_the_same_weights(
    packed, left_alone, tmp_path, epochs, delay
):
    process = command(packed, tmp_path / "run", "--epochs", "6")
    process.wait_for(tmp_path / "run" / f"epoch-{epochs:03}.webp")
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was done before it could be killed"
    (tmp_path / "run" / ".checkpoint.pt.1-1.part").write_bytes(b"half")
    finished(command(packed, tmp_path / "run", "--epochs", "6", "--resume"))
    assert not list((tmp_path / "run").glob("*.part"))
    assert same(weights_of(tmp_path / "run"), weights_of(left_alone))
    before, after = (
        pd.read_csv(out / "history.csv").drop(columns="seconds")
        for out in (left_alone, tmp_path / "run")
    )
    assert len(after) == 6 and np.allclose(before, after, rtol=1e-5)


def test_another_seed_is_another_run(packed, left_alone, tmp_path):
    finished(command(packed, tmp_path / "run", "--epochs", "6", "--seed", "1"))
    assert not same(weights_of(tmp_path / "run"), weights_of(left_alone))


def test_a_run_is_not_mixed_with_another(packed, left_alone):
    before = (left_alone / "checkpoint.pt").read_bytes()
    for arguments, said in (
        (
            ["--epochs", "6"],
            "there is a run already (--resume goes on with it, another --out begins a new one)",
        ),
        (["--epochs", "9", "--loss", "l1", "--resume"], "other settings: loss"),
    ):
        process = command(packed, left_alone, *arguments)
        _, error = process.communicate()
        (line,) = error.strip().splitlines()
        assert process.returncode == 1 and said in line
    assert (left_alone / "checkpoint.pt").read_bytes() == before


def test_ctrl_c_is_one_line_and_keeps_the_last_epoch(packed, tmp_path):
    process = command(packed, tmp_path / "run", "--epochs", "200")
    process.wait_for(tmp_path / "run" / "checkpoint.pt")
    # Python drops an interrupt that comes while it clears something up: send it again.
    for _ in range(6):
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.process.join(10)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and said.strip().splitlines()[-1] == (
        "dlcolorize: interrupted; the last whole epoch is kept, and --resume goes on after it"
    )
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["epochs"] >= 1


@pytest.mark.parametrize("name", ["checkpoint.pt", "model.safetensors", "history.csv"])
def test_a_full_disk_is_one_line_and_keeps_the_last_epoch(packed, tmp_path, monkeypatch, name):
    "Full in the third epoch, after half of a file."
    count = iter(range(10))

    def until_it_is_full(path, content):
        if path.name == name and next(count) == 2:
            with whole_file(path) as part:
                part.write_bytes(content[: len(content) // 2])
                raise OSError(28, "No space left on device")
        write_whole(path, content)

    monkeypatch.setattr(callbacks, "write_whole", until_it_is_full)
    with pytest.raises(
        RunError, match="No space left on device; the checkpoint of the last whole epoch is kept"
    ):
        train(config_of(packed, tmp_path / "run", epochs=3))
    monkeypatch.setattr(callbacks, "write_whole", write_whole)
    assert torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["epochs"] == 2
    assert not list((tmp_path / "run").glob(".*.part"))
    train(config_of(packed, tmp_path / "run", epochs=3), resume=True)
    assert pd.read_csv(tmp_path / "run" / "history.csv").epoch.tolist() == [1, 2, 3]


def test_a_disk_that_is_full_for_any_checkpoint_is_one_line(packed, tmp_path):
    "The system itself refuses to write more than 20,000 bytes."
    process = command(
        packed,
        tmp_path / "run",
        before="import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))",
    )
    _, said = process.communicate()
    assert process.returncode == 1 and "Traceback" not in said
    assert said.strip().splitlines()[-1] == f"dlcolorize: {tmp_path / 'run'}: File too large"
    assert not (tmp_path / "run" / "checkpoint.pt").exists()


def test_two_at_once_in_a_folder_are_refused(packed, tmp_path):
    first = command(packed, tmp_path / "run", "--epochs", "500")
    first.wait_for(tmp_path / "run" / "checkpoint.pt")
    for arguments in ((), ("--resume",)):
        second = command(packed, tmp_path / "run", "--epochs", "500", *arguments)
        _, said = second.communicate()
        (line,) = said.strip().splitlines()
        assert second.returncode == 1
        assert (
            line == f"dlcolorize: {tmp_path / 'run'}: another process is training there "
            "(--out chooses another folder)"
        )
    assert first.poll() is None, "the first was disturbed"
    first.send_signal(signal.SIGKILL)
    first.communicate()
    with FileLock(tmp_path / "run" / ".lock", timeout=0):
        pass  # who was killed does not keep it


def hostile_pickle():
    "Which would make a folder if anybody loaded it."

    class Hostile:
        def __reduce__(self):
            return os.mkdir, ("hostile-pickle-was-loaded",)

    content = io.BytesIO()
    torch.save(dict(epochs=1, model=Hostile()), content)
    return content.getvalue()


def checkpoint_with(content, **changes):
    changed = io.BytesIO()
    torch.save(torch.load(io.BytesIO(content), weights_only=True) | changes, changed)
    return changed.getvalue()


BROKEN_FILES = {
    "half a checkpoint": ("checkpoint.pt", lambda content: content[: len(content) // 2]),
    "the first part of a checkpoint": ("checkpoint.pt", lambda content: content[:5000]),
    "an empty checkpoint": ("checkpoint.pt", lambda content: b""),
    "a checkpoint of zeros": ("checkpoint.pt", lambda content: bytes(len(content))),
    "a text": ("checkpoint.pt", lambda content: b"dear diary"),
    "a hostile pickle": ("checkpoint.pt", lambda content: hostile_pickle()),
    "a list": ("checkpoint.pt", lambda content: checkpoint_with(content, epochs=[1])),
    "more epochs than the run has": (
        "checkpoint.pt",
        lambda content: checkpoint_with(content, epochs=7),
    ),
    "another network": (
        "checkpoint.pt",
        lambda content: checkpoint_with(content, model={"weight": torch.zeros(3)}),
    ),
    "half a configuration": ("config.json", lambda content: content[: len(content) // 2]),
    "no configuration": ("config.json", lambda content: None),
    "a list for a configuration": ("config.json", lambda content: b"[1]"),
    "a configuration of zeros": ("config.json", lambda content: bytes(100)),
    "an empty history": ("history.csv", lambda content: b""),
    "half a history": ("history.csv", lambda content: content[: len(content) // 2]),
    "no history": ("history.csv", lambda content: None),
}


@pytest.mark.parametrize("fault", BROKEN_FILES)
def test_a_run_with_a_broken_file_is_one_line_that_names_it(
    packed, left_alone, tmp_path, monkeypatch, fault
):
    monkeypatch.chdir(tmp_path)
    name, broken = BROKEN_FILES[fault]
    run = shutil.copytree(left_alone, tmp_path / "run")
    content = broken((run / name).read_bytes())
    (run / name).unlink()
    if content is not None:
        (run / name).write_bytes(content)
    said = "delete it to begin the run anew" if name == "checkpoint.pt" else "damaged"
    with pytest.raises(RunError, match=said) as error:
        train(config_of(packed, run, epochs=6), resume=True)
    assert len(str(error.value).splitlines()) == 1 and (
        "checkpoint" if name == "checkpoint.pt" else name
    ) in str(error.value)
    assert not (tmp_path / "hostile-pickle-was-loaded").exists()
    if name == "checkpoint.pt":
        (run / name).unlink()
        train(config_of(packed, run, epochs=1), resume=True)
        assert pd.read_csv(run / "history.csv").epoch.tolist() == [1]


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "color_weights.safetensors"])
def test_what_is_left_of_a_broken_run_is_one_line_for_export_and_evaluate(
    packed, tmp_path, monkeypatch, name
):
    run = tmp_path / "run"
    train(config_of(packed, run, head="bins", epochs=1))
    (run / name).write_bytes((run / name).read_bytes()[:50])
    for arguments in (
        ["export", run, "--out", tmp_path / "model.onnx"],
        ["evaluate", "--data", tmp_path, "--model", run],
    ):
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert (
            result.exit_code == 1
            and len(result.stderr.strip().splitlines()) == 1
            and "damaged" in result.stderr
        )


def test_a_set_that_is_not_what_it_says_is_not_trained_on(packed, tmp_path):
    for name, content in (
        ("train.npy", np.load(packed / "train.npy").astype(np.float32)),
        ("valid.npy", np.load(packed / "valid.npy")[1:]),
    ):
        broken = shutil.copytree(packed, tmp_path / f"set with {name}")
        np.save(broken / name, content)
        with pytest.raises(DataError, match=f"{name}: holds .*; prepare it again"):
            train(config_of(broken, tmp_path / "run"))
    (broken / "manifest.csv").write_bytes(b"")
    with pytest.raises(DataError, match="manifest.csv: empty or damaged; prepare it again"):
        train(config_of(broken, tmp_path / "run"))


def test_a_loss_that_is_no_number_ends_the_run(packed, tmp_path, monkeypatch):
    before = losses.HuberLoss.forward
    calls = iter(range(1000))
    steps = len(training.make_learner(config_of(packed, tmp_path / "x")).dls.train)

    def broken(self, predicted, target, label=None):
        loss = before(self, predicted, target)
        return loss * float("nan") if predicted.requires_grad and next(calls) == steps + 1 else loss

    monkeypatch.setattr(losses.HuberLoss, "forward", broken)
    with pytest.raises(
        RunError,
        match="loss became nan in epoch 2, step 2; the checkpoint of the epoch before is kept",
    ) as fault:
        train(config_of(packed, tmp_path / "run"))
    assert len(str(fault.value).splitlines()) == 1
    assert all(value.isfinite().all() for value in weights_of(tmp_path / "run").values())


def test_it_stops_early_when_nothing_is_gained(packed, tmp_path):
    train(config_of(packed, tmp_path / "run", epochs=60, patience=1))
    losses = pd.read_csv(tmp_path / "run" / "history.csv").valid_loss
    assert len(losses) < 60 and losses.iloc[-1] >= losses.iloc[:-1].min()


def test_a_recipe_gives_a_small_set_enough_steps(packed, tmp_path):
    def loaders(**changes):
        settings = dict(pretrained=False, batch_size=8, crop=32, device="cpu") | changes
        return training.make_learner(recipe((packed,), str(tmp_path), "small", **settings)).dls

    few, dls = loaders(least_steps=0), loaders()
    assert len(few.train) < 10 and len(dls.train) == 400
    assert len(dls.valid.photos) == len(few.valid.photos)
    count = len(few.train.photos)
    times = (torch.tensor(dls.train.get_idxs()) % count).bincount(minlength=count)
    assert times.sum() == 3200 and times.min() >= 3200 // count - 2
    copies = dls.train.draws.unflatten(0, (-1, count))[:2, 0]
    assert not torch.equal(*copies)  # another crop each time
    assert np.array_equal(few.train.photos[3], dls.train.photos[3 + count])
    assert len(loaders(epoch_size=24).train) == 3 and len(loaders(epochs=9).train) == 400
    assert len(loaders(least_steps=2).train) == len(few.train)  # it has more


@pytest.mark.parametrize(
    "data, changes",
    [("nowhere", {}), (None, dict(model="gan")), (None, dict(batch_size=500))],
)
def test_a_run_that_is_refused_leaves_no_folder(packed, tmp_path, data, changes):
    with pytest.raises((RunError, DataError)):
        train(config_of(packed, tmp_path / "runs" / "run", data=(data or packed,), **changes))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "runs" / "run").mkdir(parents=True)
    with pytest.raises((RunError, DataError)):
        train(config_of(packed, tmp_path / "runs" / "run", data=(data or packed,), **changes))
    assert (tmp_path / "runs" / "run").is_dir()  # it was there before


@pytest.mark.parametrize(
    "changes, least", [(dict(crop=3), 32), (dict(final_crop=8), 32), (dict(batch_size=1), 2)]
)
def test_numbers_that_no_network_takes_are_one_line(packed, tmp_path, changes, least):
    ((name, value),) = changes.items()
    with pytest.raises(RunError) as error:
        config_of(packed, tmp_path / "run", **changes)
    assert str(error.value) == f"{name} is {value}; it has to be {least} or more"


@pytest.mark.parametrize(
    "changes, error, said",
    [
        (dict(batch_size=500), RunError, "less than one batch of 500"),
        (dict(epoch_size=3, batch_size=4), RunError, "an epoch has 3 photographs, which is less"),
        (dict(data=("nowhere",)), DataError, "no prepared set"),
        (dict(loss="l2"), RunError, "l2: no loss of the head lab; there are l1, rgb_l1, huber"),
        (dict(head="hsv"), RunError, "hsv: no head; there are rgb, lab, lab3, bins"),
        (dict(model="small"), RunError, "small: the head lab does not fit; bins would"),
        (
            dict(model="gan"),
            RunError,
            "gan: no network; there are (?=.*autoencoder)(?=.*dynamic-ENCODER)",  # in any order
        ),
        (
            dict(model="dynamic-resnet18", pretrained=True),
            RunError,
            "pretrained weights could not be loaded",
        ),
        (dict(model="unet", pretrained=True), RunError, "unet has no pretrained weights"),
    ],
)
def test_what_cannot_be_trained_is_said(packed, tmp_path, monkeypatch, changes, error, said):
    def offline(*arguments, **keywords):
        raise OSError("Name or service not known")

    import torchvision

    monkeypatch.setattr(torchvision.models._api, "load_state_dict_from_url", offline)
    with pytest.raises(error, match=said):
        train(config_of(packed, tmp_path / "run", **changes))


@pytest.mark.parametrize("device", ["gpu", "cuda:99"])
def test_a_device_that_is_not_there_is_one_line(packed, tmp_path, device):
    options = ["--set", f"device={device}", "--data", packed, "--out", tmp_path / "run"]
    result = CliRunner().invoke(app, ["train", *map(str, options)])
    said = f"dlcolorize: {device}: this machine has no such device; train with device=cpu"
    assert result.exit_code == 1 and result.stderr.strip() == said
    assert not (tmp_path / "run").exists()


def test_a_full_gpu_is_one_line(packed, tmp_path, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(training, "_fit", full)
    with pytest.raises(RunError, match="run: the memory of cpu is full; give a smaller batch$"):
        train(config_of(packed, tmp_path / "run"))


@pytest.mark.parametrize("validating", [False, True])
def test_an_error_in_the_network_leaves_the_precision_as_it_was(
    packed, tmp_path, monkeypatch, validating
):
    monkeypatch.setattr(callbacks, "number_type", lambda device: torch.bfloat16)
    learn = training.make_learner(config_of(packed, tmp_path / "run"))

    def interrupted(lightness):
        assert torch.is_autocast_enabled("cpu")
        raise KeyboardInterrupt

    learn.model.forward = interrupted
    with pytest.raises(KeyboardInterrupt), learn.no_bar():
        learn.validate() if validating else learn.fit(1)
    assert not torch.is_autocast_enabled("cpu")
    assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32


def test_a_loss_of_a_module_of_the_users_is_found_by_its_name(packed, tmp_path, monkeypatch):
    monkeypatch.setitem(heads.LabHead.losses, "squared", None)  # taken out again at the end
    del heads.LabHead.losses["squared"]
    (tmp_path / "mine.py").write_text(
        "import torch.nn.functional as F\n"
        "from dlcolorize.losses import Loss, register_loss\n"
        "@register_loss('squared', 'lab')\n"
        "class Squared(Loss):\n"
        "    def forward(self, predicted, target, label=None):\n"
        "        return F.mse_loss(predicted, target)\n"
    )

    def run(*arguments):
        return CliRunner().invoke(app, list(map(str, arguments)))

    def refused(*arguments):
        result = run(*arguments)
        assert result.exit_code == 1 and not result.stdout
        return result.stderr.removeprefix("dlcolorize: ").strip()

    folder, mine = tmp_path / "run", ("--import", tmp_path / "mine.py")
    training = ["train", "--data", packed, "--out", folder, *OPTIONS, "--loss", "squared"]
    training += ["--epochs", "1", "--limit", "16"]
    missing = "squared: no loss of the head lab; there are l1, rgb_l1, huber, chroma"
    hint = "(--import MODULE registers more)"
    result = run(*training)
    assert result.exit_code == 2 and f"{missing} {hint}" in result.stderr
    assert run(*training, *mine).exit_code == 0
    del heads.LabHead.losses["squared"]
    export = "export", folder, "--out", tmp_path / "model.onnx"
    assert refused(*export) == f"{folder}: {missing} {hint}"
    assert run(*export, *mine).exit_code == 0 and (tmp_path / "model.onnx").exists()
    assert json.loads((folder / "config.json").read_text())["loss"] == "squared"
    reason = "it cannot be imported (No module named 'nowhere')"
    assert refused(*training, "--import", "nowhere") == f"nowhere: {reason}"


WRONG_PARTS = {  # of a module of the user's, and the line that it ends with
    "a loss for each photograph": (
        "(predicted - target).abs().mean((1, 2, 3))",
        "nn.Conv2d(1, 2, 1)",
        "the loss mine returned (2,); it has to be a tensor with one number",
    ),
    "a loss that is no tensor": (
        "0.5",
        "nn.Conv2d(1, 2, 1)",
        "the loss mine returned float; it has to be a tensor with one number",
    ),
    "a loss that fails": (
        "predicted @ nothing",
        "nn.Conv2d(1, 2, 1)",
        "the loss mine fails: name 'nothing' is not defined",
    ),
    "a network of five planes": (
        "predicted.mean()",
        "nn.Conv2d(1, 5, 1)",
        "mine predicts (2, 5, 64, 96) from lightness (2, 1, 64, 96); the head lab fails: ",
    ),
    "a network of half the size": (
        "predicted.mean()",
        "nn.Conv2d(1, 2, 2, 2)",
        "mine predicts (2, 2, 32, 48) from lightness (2, 1, 64, 96); the head lab fails: ",
    ),
    "a network for colors": (
        "predicted.mean()",
        "nn.Conv2d(3, 2, 1)",
        "the network mine fails: ",
    ),
}


@pytest.mark.parametrize("fault", WRONG_PARTS)
def test_a_loss_or_network_of_the_users_with_a_mistake_is_one_line(
    packed, tmp_path, monkeypatch, fault
):
    monkeypatch.setitem(heads.LabHead.losses, "mine", None)  # taken out again at the end
    monkeypatch.setitem(registry.NETWORKS, "mine", None)
    loss, network, line = WRONG_PARTS[fault]
    (tmp_path / "mine.py").write_text(
        "from torch import nn\n"
        "from dlcolorize.losses import Loss, register_loss\n"
        "from dlcolorize.registry import register_network\n"
        "@register_loss('mine', 'lab')\n"
        "class Mine(Loss):\n"
        "    def forward(self, predicted, target, label=None):\n"
        f"        return {loss}\n"
        "@register_network('mine')\n"
        "def mine(head, config):\n"
        f"    return {network}\n"
    )
    options = ["--import", tmp_path / "mine.py", "--model", "mine", "--loss", "mine"]
    options += ["--data", packed, "--out", tmp_path / "run"]
    result = CliRunner().invoke(app, ["train", *map(str, options)])
    (said,) = result.stderr.strip().splitlines()
    assert result.exit_code == 1 and said.startswith(f"dlcolorize: {line}")
    assert not (tmp_path / "run").exists()


def test_the_trial_of_network_and_loss_changes_nothing(packed, tmp_path, monkeypatch):
    config = config_of(packed, tmp_path / "run")
    with_trial = training.make_learner(config)
    drawn = torch.rand(3)
    monkeypatch.setattr(training, "check_predictions", lambda *_: None)
    without = training.make_learner(config)
    assert torch.equal(torch.rand(3), drawn) and with_trial.model.training
    assert same(with_trial.model.state_dict(), without.model.state_dict())


def test_sets_of_different_sizes_and_empty_splits_are_said(packed, tmp_path):
    prepare(sample_photos(tmp_path / "photos"), tmp_path / "other", size=96)
    with pytest.raises(DataError, match="different sizes"):
        train(config_of(packed, tmp_path / "run", data=(str(packed), str(tmp_path / "other"))))
    (tmp_path / "split" / "train").mkdir(parents=True)
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)).save(
        tmp_path / "split" / "train" / "1.png"
    )
    prepare(tmp_path / "split", tmp_path / "only-train", size=64)
    with pytest.raises(DataError, match="one photograph cannot both train and validate"):
        train(config_of(packed, tmp_path / "run", data=(str(tmp_path / "only-train"),)))


def test_a_pretrained_encoder_learns_more_slowly_also_when_resumed(packed, tmp_path):
    pretrained = dict(model="small", head="bins", pretrained=True, aged=True, epoch_size=16)
    whole = train(config_of(packed, tmp_path / "whole", **pretrained))
    encoder, rest = whole.opt.opt.param_groups
    assert encoder["lr"] == pytest.approx(rest["lr"] / 4)
    assert [parameter.shape for parameter in encoder["params"]] == [
        parameter.shape for parameter in without_classifier(whole.model).encoder.parameters()
    ]

    class Cut(training.Checkpoint):
        def after_epoch(self):
            super().after_epoch()
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(training, "Checkpoint", Cut)
        train(config_of(packed, tmp_path / "cut", **pretrained))
    train(config_of(packed, tmp_path / "cut", **pretrained), resume=True)
    assert same(weights_of(tmp_path / "whole"), weights_of(tmp_path / "cut"))


@pytest.mark.parametrize(
    "changes",
    [
        dict(model="autoencoder", head="rgb"),
        dict(model="small", head="bins"),
        dict(model="dynamic-test_resnet", head="lab"),
    ],
    ids=lambda changes: " ".join(changes.values()),
)
def test_every_run_becomes_a_model_that_colorizes(packed, tmp_path, monkeypatch, changes):
    monkeypatch.setitem(fast_unet.LITE_ENCODERS, "small", "test_efficientnet")  # of few blocks
    train(config_of(packed, tmp_path / "run", epochs=1, epoch_size=16, limit=16, **changes))
    card = export(tmp_path / "run", tmp_path / "model.onnx", sample=3)
    run = Run.open(tmp_path / "run")
    assert (
        card.parameters == sum(parameter.numel() for parameter in run.net.parameters())
        and run.facts["hardware"] == card.hardware
        and run.facts["precision"] == str(callbacks.number_type("cpu"))
    )
    photo = Image.fromarray(np.tile(np.arange(0, 200, dtype=np.uint8), (130, 1)))
    colors = [
        np.asarray(Colorizer(tmp_path / "model.onnx", vividness)(photo)).astype(int)
        for vividness in (0.0, 1.0)
    ]
    assert colors[0].shape == (130, 200, 3)
    chroma = [np.ptp(pixels, axis=2).mean() for pixels in colors]
    assert min(chroma) > 0.1
    assert (
        chroma[0] < chroma[1] or changes["head"] == "bins"
    )  # an epoch makes no distribution that is the more colorful the bolder


def files_in(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    )


def clean(home, **more):
    "An environment in which a user has nothing at home and has said nothing about tracking."
    names = [
        name
        for name in os.environ
        if name.startswith(("WANDB_", "XDG_")) or name in ("CI", "MPLCONFIGDIR")
    ]
    return dict.fromkeys(names) | {"HOME": str(home)} | more


def test_a_run_that_is_not_tracked_writes_nothing_but_its_folder(packed, tmp_path):
    "From importing on, in a process of its own; nothing is left here or among temporary files."
    for name in ("home", "here", "temporary"):
        (tmp_path / name).mkdir()
    environment = {
        name: value
        for name, value in (
            os.environ | clean(tmp_path / "home", TMPDIR=str(tmp_path / "temporary"))
        ).items()
        if value is not None
    }
    code = (
        "import sys\nasked = []\n"  # timm imports wandb: that no server is reached is what counts
        "calls = 'socket.connect', 'socket.getaddrinfo'\n"
        "sys.addaudithook(lambda event, values: asked.append(event) if event in calls else None)\n"
        "from dlcolorize.command_line import app\ntry: app()\n"
        "finally:\n"
        "    imported = {'sentry_sdk', 'kagglehub', 'optuna'} & sys.modules.keys()\n"
        "    print('imported', *imported, 'asked', *asked)"
    )
    arguments = [
        "train",
        "--data",
        packed,
        "--out",
        tmp_path / "run",
        *OPTIONS,
        "--epochs",
        "1",
        "--model",
        "small",
        "--random",
        "--limit",
        "16",
        "--set",
        "least_steps=0",
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            *map(str, [a for a in arguments if a not in ("--width", "4")]),
        ],
        cwd=tmp_path / "here",
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert [files_in(tmp_path / name) for name in ("home", "here", "temporary")] == [[], [], []]
    assert files_in(tmp_path / "run") == [
        ".lock",
        "checkpoint.pt",
        "color_weights.safetensors",
        "config.json",
        "epoch-001.webp",
        "history.csv",
        "model.safetensors",
        "result.json",
    ]
    assert done.stdout.splitlines()[-1] == "imported asked"


class Refusing(http.server.BaseHTTPRequestHandler):
    "A server that knows nobody."

    def do_POST(self):
        self.send_error(401)

    do_HEAD = do_GET = do_POST

    def log_message(self, *arguments):
        pass


@pytest.mark.parametrize("server", ["none", "refuses"])
def test_an_account_whose_server_gives_nothing_is_tracked_offline_with_one_line(
    packed, tmp_path, server
):
    (tmp_path / "home").mkdir()
    port = free_port()
    if server == "refuses":
        refusing = http.server.ThreadingHTTPServer(("127.0.0.1", port), Refusing)
        threading.Thread(target=refusing.serve_forever, daemon=True).start()
    key = dict(
        WANDB_API_KEY="0123456789abcdef" * 2 + "01234567", WANDB_BASE_URL=f"http://127.0.0.1:{port}"
    )
    said = finished(
        command(
            packed,
            tmp_path / "run",
            "--epochs",
            "1",
            "--track",
            "wandb",
            environment=clean(tmp_path / "home", **key),
        )
    )
    (line,) = [line for line in said.splitlines() if "tracked offline" in line]
    (recorded,) = (tmp_path / "run" / "wandb").glob("offline-run-*")
    assert line == (
        f"{tmp_path / 'run'}: tracked offline; to send it: wandb sync {shlex.quote(str(recorded))}"
    )
    (reason,) = [line for line in said.splitlines() if "goes on without it" in line]
    assert f"127.0.0.1:{port}" in reason or server == "refuses"
    assert (tmp_path / "run" / "model.safetensors").exists()
    assert files_in(tmp_path / "home") == []
    if server == "refuses":
        refusing.shutdown()
        refusing.server_close()


def test_a_way_to_track_that_there_is_not_is_said(packed, tmp_path):
    with pytest.raises(RunError, match="no tracking tensorboard; there are none and wandb"):
        train(config_of(packed, tmp_path / "run", track="tensorboard"))


def check_table(packed, run, files):
    "Compare a table of photographs with the set, and with what the run predicts."
    with open(files["validation.table.json"]) as file:
        table = json.load(file)
    rows = table["data"]
    assert table["columns"] == ["gray", "predicted", "true color", "gain"]
    photos, _ = read_split(packed, "valid")
    assert len(rows) == min(12, len(photos))
    opened = Run.open(run)
    truth = torch.tensor(np.asarray(photos)).permute(0, 3, 1, 2)[spread_rows(len(photos))]
    lightness, _ = to_lightness_ab(truth)
    with torch.no_grad():
        predicted = as_bytes(opened.head.to_picture(opened.net(lightness), lightness))
    gains = psnr(truth, predicted) - psnr(truth, gray_copy(truth))
    assert [row[3] for row in rows] == pytest.approx(gains.tolist(), abs=0.05)  # in 16 bits
    for row, photo, picture in zip(rows, truth, predicted):
        gray, colored, original = (np.asarray(Image.open(files[each["path"]])) for each in row[:3])
        assert np.array_equal(original, photo.permute(1, 2, 0))
        assert np.ptp(gray.astype(int), axis=2).max() <= 1
        assert np.abs(colored.astype(int) - picture.permute(1, 2, 0).numpy()).max() <= 4


def test_a_run_without_an_account_is_tracked_offline(packed, tmp_path):
    (tmp_path / "home").mkdir()
    said = finished(
        command(
            packed,
            tmp_path / "run",
            "--epochs",
            "2",
            "--track",
            "wandb",
            environment=clean(tmp_path / "home"),
        )
    )
    assert files_in(tmp_path / "home") == []
    (recorded,) = (tmp_path / "run" / "wandb").glob("offline-run-*")
    assert said.splitlines()[-1].endswith(f"to send it: wandb sync {recorded}")
    records = list(offline_records(recorded))
    kinds = {record.WhichOneof("record_type") for record in records}
    rows = [
        {
            item.nested_key[0] if item.nested_key else item.key: json.loads(item.value_json)
            for item in record.history.item
        }
        for record in records
        if record.WhichOneof("record_type") == "history"
    ]
    history = pd.read_csv(tmp_path / "run" / "history.csv")
    assert [row["psnr"] for row in rows] == pytest.approx(history.psnr.tolist())
    assert {"train_loss", "valid_loss", "mae", "ssim", "colorfulness", "lr", "photographs"} <= rows[
        0
    ].keys()
    (config,) = (
        record.run.config for record in records if record.WhichOneof("record_type") == "run"
    )
    assert {update.key: json.loads(update.value_json) for update in config.update}[
        "batch_size"
    ] == 8
    pictures = list(recorded.glob("files/media/images/photographs_*"))
    assert len(pictures) == 2
    artifacts = [
        record.request.log_artifact.artifact
        if record.WhichOneof("record_type") == "request"
        else record.artifact
        for record in records
        if record.WhichOneof("record_type") == "artifact"
        or record.request.WhichOneof("request_type") == "log_artifact"
    ]
    files = {
        artifact.type: {entry.path: entry.local_path for entry in artifact.manifest.contents}
        for artifact in artifacts
    }
    assert "model.safetensors" in files["model"]
    check_table(packed, tmp_path / "run", files["run_table"])
    assert "stats" in kinds or "environment" in kinds


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def test_processes_divide_every_batch_among_them(packed):
    "Together they see just what one process sees, each photograph once."

    def batches(rank, world):
        loader = training.make_learner(config_of(packed, "unused")).dls.train
        loader.rank, loader.world = rank, world
        return list(loader)

    for whole, first, second in zip(batches(0, 1), batches(0, 2), batches(1, 2), strict=True):
        assert len(first[0]) == len(second[0]) == 4
        for together, even, odd in zip(whole, first, second):
            assert torch.equal(together[0::2], even) and torch.equal(together[1::2], odd)


def together(packed, outs, *arguments):
    "Two processes of one run, as `accelerate launch` starts them."
    shared = dict(
        WORLD_SIZE="2",
        MASTER_ADDR="127.0.0.1",
        MASTER_PORT=str(free_port()),
        ACCELERATE_USE_CPU="true",
    )
    return [
        command(
            packed, out, *arguments, environment=shared | dict(RANK=str(rank), LOCAL_RANK=str(rank))
        )
        for rank, out in enumerate(outs)
    ]


def test_only_the_first_process_writes(packed, tmp_path):
    for process in together(packed, [tmp_path / "run-0", tmp_path / "run-1"], "--epochs", "1"):
        finished(process)
    assert (tmp_path / "run-0" / "model.safetensors").exists() and list(
        (tmp_path / "run-1").iterdir()
    ) == []


def test_two_processes_take_up_their_run(packed, tmp_path):
    launch = [
        sys.executable,
        "-m",
        "accelerate.commands.launch",
        "--cpu",
        "--num_processes",
        "2",
        "--num_machines",
        "1",
        "--mixed_precision",
        "no",
        "--dynamo_backend",
        "no",
        "--main_process_port",
        str(free_port()),
        "-m",
        "dlcolorize",
    ]
    process = subprocess.Popen(
        [*launch, "train", "--data", packed, "--out", tmp_path / "run", *OPTIONS, "--epochs", "6"],
        start_new_session=True,
        env=dict(os.environ, CUDA_VISIBLE_DEVICES="", OMP_NUM_THREADS="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    while process.poll() is None and not (tmp_path / "run" / "checkpoint.pt").exists():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    for process in together(packed, [tmp_path / "run"] * 2, "--epochs", "6", "--resume"):
        finished(process)
    assert pd.read_csv(tmp_path / "run" / "history.csv").epoch.tolist() == [1, 2, 3, 4, 5, 6]


def test_two_processes_follow_the_run_of_one(packed, tmp_path):
    arguments = ["--epochs", "6", "--dropout", "0"]
    finished(command(packed, tmp_path / "one", *arguments))
    for process in together(packed, [tmp_path / "two"] * 2, *arguments):
        finished(process)
    one, two = (pd.read_csv(tmp_path / name / "history.csv") for name in ("one", "two"))
    assert len(two) == len(one) == 6
    assert two.train_loss.iloc[-1] < 0.8 * two.train_loss.iloc[0]
    assert np.abs(two.train_loss / one.train_loss - 1).max() < 0.1
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(
        path.name for path in (tmp_path / "two").iterdir()
    )


def test_each_of_several_processes_has_a_gpu_of_its_own(monkeypatch):
    chosen = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    training._use_own_gpu()
    monkeypatch.setenv("LOCAL_RANK", "3")
    training._use_own_gpu()
    assert chosen == [3]
