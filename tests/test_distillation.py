"""Networks that are taught by others: what they are compared with, and by how much."""

import dataclasses

import numpy as np
import pytest
import torch
from fastai.callback.core import Callback
from typer.testing import CliRunner

from dlcolorize.command_line import app
from dlcolorize.distillation import Distillation
from dlcolorize.heads import HEADS
from dlcolorize.losses import AbL1Loss, DistributionLoss, RGBL1Loss
from dlcolorize.registry import RunError
from dlcolorize.runs import Run, TrainConfig, read_config
from dlcolorize.training import FolderTaken, make_learner, train

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def teachers(packed, tmp_path_factory):
    "A trained run of each head."
    folder = tmp_path_factory.mktemp("teachers")
    for head in ("rgb", "lab", "bins"):
        train(TrainConfig((packed,), str(folder / head), head=head, **SMALL))
    return folder


SMALL = dict(epochs=1, crop=32, width=4, batch_size=8, device="cpu")


@pytest.mark.parametrize("head", ["lab", "rgb"])  # of the teacher
@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_share_of_the_loss_is_beside_the_teachers_prediction(
    packed, teachers, tmp_path, head, share
):
    losses = []

    class Look(Callback):
        order = Distillation.order + 1

        def after_loss(self):
            if self.training:
                teacher = Run.open(teachers / head)
                ab = teacher.head.to_ab(teacher.net(self.x)).detach()
                lesson = torch.cat([self.x, ab], 1)
                losses.append(
                    [
                        self.loss_func(self.pred, target, *self.yb[1:]).item()
                        for target in (self.yb[0], lesson)
                    ]
                    + [self.loss_grad.item(), self.loss.item()]
                )

    config = TrainConfig((packed,), str(tmp_path), loss="l1", seed=1, **SMALL)
    config = dataclasses.replace(config, teachers=(teachers / head,), teacher_share=share)
    train(config, callbacks=[Look()])
    beside_truth, beside_teacher, taken, shown = np.array(losses).T
    expected = (1 - share) * beside_truth + share * beside_teacher
    assert taken == pytest.approx(expected, rel=0.02) and (taken == shown).all()
    # Half of it is more than the tolerance, or the mean would prove nothing.
    assert np.abs(beside_truth - beside_teacher).max() > 0.05 * taken.max()


def test_each_of_several_teachers_has_its_part_of_a_batch(packed, teachers):
    config = TrainConfig(
        (packed,), "unused", head="bins", teachers=[teachers / "bins", teachers / "lab"], **SMALL
    )
    learn = make_learner(config)
    distillation = next(each for each in learn.cbs if isinstance(each, Distillation))
    seen = []
    for teacher in distillation.teachers:
        plain = teacher.net.forward

        def forward(x, plain=plain, seen=seen):
            seen.append(x)
            return plain(x)

        teacher.net.forward = forward
    lightness, lab, label = learn.dls.train.one_batch()
    learn.xb, learn.yb, learn.training, learn.train_iter = (lightness,), (lab, label), True, 0
    learn.model.train()
    learn.pred = learn.model(lightness)
    learn.loss_grad = learn.loss_func(learn.pred, lab, label)
    distillation.after_loss()
    parts = [lab[::2, :1], lab[1::2, :1]]
    assert [torch.equal(*pair) for pair in zip(seen, parts)] == [True, True]
    of_bins, of_lab = distillation.teachers
    distribution = learn.head.soft_target(of_bins.head, of_bins.net(parts[0]))
    colors = of_lab.net(parts[1]).detach()
    loss = DistributionLoss(learn.head, 0)
    taught = (loss(learn.pred[::2], distribution) + loss(learn.pred[1::2], colors)) / 2
    own = learn.loss_func(learn.pred, lab, label)
    assert torch.isclose(learn.loss_grad, (own + taught) / 2)
    seen.clear()
    learn.train_iter = 1
    distillation.after_loss()
    assert torch.equal(seen[0], parts[1])  # the next batch is divided the other way round


class AbWeighted(AbL1Loss):
    "A loss of the user's: an error in a counts twice."

    def forward(self, predicted, target, label=None):
        return ((predicted - target).abs() * torch.tensor([2.0, 1.0])[:, None, None]).mean()


@pytest.fixture
def own_losses(monkeypatch):
    monkeypatch.setitem(HEADS["rgb"].losses, "ab_weighted", AbWeighted)
    monkeypatch.setitem(HEADS["bins"].losses, "rgb_l1", RGBL1Loss)


@pytest.mark.parametrize(
    "head, loss",
    [("rgb", "ab_weighted"), ("rgb", "ab_l1"), ("lab", "rgb_l1"), ("bins", "rgb_l1")],
)
def test_a_loss_compares_with_a_teacher_what_it_compares_with_photographs(
    packed, teachers, own_losses, head, loss
):
    "Here the teachers' colors are those of the photographs, so both parts are the same."
    config = TrainConfig(
        (packed,), "unused", head=head, loss=loss, teachers=[teachers / "lab"], **SMALL
    )
    learn = make_learner(config)
    distillation = next(each for each in learn.cbs if isinstance(each, Distillation))
    lightness, lab, label = learn.dls.train.one_batch()
    distillation.teachers[0].net.forward = lambda x: lab[:, 1:]
    learn.xb, learn.yb, learn.training, learn.train_iter = (lightness,), (lab, label), True, 0
    learn.model.train()
    learn.pred = learn.model(lightness)
    own = learn.loss_grad = learn.loss_func(learn.pred, lab, label)
    distillation.after_loss()
    assert own > 0 and torch.isclose(learn.loss_grad, own)


def test_the_command_takes_teachers_and_writes_them_down(packed, teachers, tmp_path):
    options = "--epochs 1 --crop 32 --width 4 --batch-size 8 --set device=cpu".split()
    run = ["train", "--data", packed, "--out", tmp_path / "run", *options]
    for name in ("lab", "bins"):
        run += ["--teacher", teachers / name]
    result = CliRunner().invoke(app, list(map(str, run)))
    assert result.exit_code == 0, result.output
    config, _ = read_config(tmp_path / "run")
    assert config.teachers == (str(teachers / "lab"), str(teachers / "bins"))
    with pytest.raises(FolderTaken, match="other settings: teachers"):
        train(dataclasses.replace(config, teachers=()), resume=True)


def test_a_teacher_that_is_no_run_is_one_line(packed, tmp_path):
    run = ["train", "--data", packed, "--out", tmp_path / "run", "--teacher", tmp_path / "none"]
    result = CliRunner().invoke(app, list(map(str, run)))
    lines = result.output.splitlines()
    assert result.exit_code == 1 and len(lines) == 1 and "no training run here" in lines[0]


def test_teachers_that_cannot_teach_are_refused_in_one_line(packed, teachers, tmp_path):
    config = TrainConfig((packed,), str(tmp_path / "run"), head="bins", **SMALL)
    with pytest.raises(RunError, match=r"a batch of 8 has no photograph for each of 9 teachers"):
        make_learner(dataclasses.replace(config, teachers=[teachers / "lab"] * 9))
    coarse = tmp_path / "coarse"
    train(dataclasses.replace(config, out=str(coarse), grid_step=20.0))
    with pytest.raises(RunError, match=r"^a teacher has a grid_step of 20.0; it has to be that"):
        train(dataclasses.replace(config, teachers=[coarse]))
    with pytest.raises(FolderTaken, match="the run there is a teacher"):
        train(dataclasses.replace(config, out=str(coarse), teachers=[coarse]))
