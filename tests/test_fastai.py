"""What fastai does with a learner, on the learner that trains here."""

import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from fastai.interpret import Interpretation
from fastai.learner import load_learner
from fastai.torch_core import TensorImage
from PIL import Image
from skimage import data

from dlcolorize.callbacks import mixed_precision
from dlcolorize.data_loading import PhotoLoaders, TensorGray
from dlcolorize.lab_tensors import to_lightness_ab, to_rgb
from dlcolorize.packed_sets import read_split
from dlcolorize.preparing import prepare, sample_photos
from dlcolorize.runs import Run, TrainConfig
from dlcolorize.training import make_learner, train

mpl.use("agg")
torch.set_num_threads(1)

RUNS = {
    "unet lab": dict(width=4, mixed=0.5),
    "unet rgb": dict(head="rgb", width=4),
    "unet bins": dict(head="bins", width=4),
    "small bins with labels": dict(model="small", head="bins", aged=True, epoch_size=16),
}


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    photos = sample_photos(folder / "photos", step=64)
    prepare(photos, folder / "set", size=64)
    return folder / "set"


@pytest.fixture(scope="module", params=RUNS)
def learn(request, packed, tmp_path_factory):
    "A learner that was trained for an epoch, with the weights of its run's files."
    out = tmp_path_factory.mktemp("runs") / "run"
    settings = dict(epochs=1, crop=48, batch_size=8, device="cpu") | RUNS[request.param]
    config = TrainConfig((str(packed),), str(out), **settings)
    learner = train(config)
    net = getattr(learner.model, "net", learner.model)
    net.load_state_dict(Run.open(out).net.state_dict())  # which are stored in 16 bits
    return learner


@torch.no_grad()
def predicted_by_run(learn, photos):
    "What the network of the run predicts for (n, size, size, 3) uint8, and its pictures."
    run = Run.open(learn.path)
    squares = torch.tensor(np.asarray(photos)).permute(0, 3, 1, 2)
    lightness, _ = to_lightness_ab(
        torch.nn.functional.interpolate(squares, (48, 48), mode="bilinear", antialias=True)
    )
    with mixed_precision("cpu"):
        predicted = run.net(lightness)
    predicted = predicted.float()
    return lightness, predicted, run.head.to_picture(predicted, lightness)


def main_part(predicted):
    "Colors, where a network predicts labels, too."
    return predicted[0] if isinstance(predicted, tuple) else predicted


def close(first, second):
    return torch.allclose(
        torch.as_tensor(first).as_subclass(torch.Tensor),
        torch.as_tensor(second).as_subclass(torch.Tensor),
        atol=1e-4,
        rtol=1e-4,
    )


def shown(figure):
    "The pictures of a figure as (h, w, 3) in [0, 1], in the order of its axes."
    return [torch.as_tensor(np.array(ax.images[0].get_array())) for ax in figure.axes]


@pytest.fixture
def figures():
    "The figures that a call opens."
    plt.close("all")
    yield lambda: [plt.figure(number) for number in plt.get_fignums()]
    plt.close("all")


def test_get_preds_is_the_network_on_the_validation_photographs(learn, packed):
    photos, labels = read_split(packed, "valid")
    lightness, predicted, pictures = predicted_by_run(learn, photos)
    found = learn.get_preds(with_input=True, with_decoded=True, with_loss=True)
    assert close(found[0], lightness) and close(main_part(found[1]), predicted)
    lab, numbers = found[2]
    assert close(lab[:, :1], lightness)
    assert [learn.classes[number] if number >= 0 else "" for number in numbers] == labels
    assert type(found[3]) is TensorImage and close(found[3], pictures)
    for row, loss in enumerate(found[4]):
        parts = (
            [part[row : row + 1] for part in found[1]]
            if isinstance(found[1], tuple)
            else found[1][row : row + 1]
        )
        alone = tuple(parts) if isinstance(parts, list) else parts
        one = learn.loss_func(alone, lab[row : row + 1], numbers[row : row + 1])
        assert loss == pytest.approx(one.item(), rel=1e-4)


def test_get_preds_of_the_training_photographs_takes_all_in_their_order(learn):
    epoch = learn.dls.train.epoch
    _, (_, numbers) = learn.get_preds(ds_idx=0)
    assert torch.equal(numbers, learn.dls.train.labels) and learn.dls.train.epoch == epoch


def test_predict_is_the_prediction_of_the_run(learn, tmp_path):
    square = data.astronaut()[:64, :64]
    Image.fromarray(square).save(tmp_path / "photo.png")
    _, predicted, pictures = predicted_by_run(learn, square[None])
    path = tmp_path / "photo.png"
    for item in (path, str(path), square, Image.fromarray(square), torch.tensor(square)):
        picture, decoded, raw = learn.predict(item)
        assert close(raw, predicted[0]) and close(picture, pictures[0]) and close(decoded, picture)
    row = learn.dls.valid_ds[0]
    _, predicted, _ = predicted_by_run(learn, row[0][None])
    assert close(learn.predict(row)[2], predicted[0])


def test_test_dl_has_photographs_of_any_kind_with_or_without_their_colors(learn):
    items = [data.camera(), data.coffee(), Image.fromarray(data.chelsea()).convert("L")]
    batches = learn.dls.test_dl(items)
    (batch,) = list(batches)
    assert len(batch) == 1 and batch[0].shape == (3, 1, 48, 48)
    predicted, targets = learn.get_preds(dl=batches)
    assert main_part(predicted).shape[0] == 3 and targets is None
    labeled = learn.dls.test_dl(learn.dls.valid_ds.items[:3], with_labels=True, bs=2)
    assert [len(batch[0]) for batch in labeled] == [2, 1]
    first = next(iter(learn.dls.valid))
    again = next(iter(labeled))
    assert all(torch.equal(part[:2], other) for part, other in zip(first, again))
    loss, *scores = learn.validate(dl=labeled)
    assert loss > 0 and len(scores) == len(learn.metrics)


def test_show_batch_and_show_results_draw_gray_predicted_and_true(learn, packed, figures):
    photos, _ = read_split(packed, "valid")
    lightness, _, pictures = predicted_by_run(learn, photos)
    gray = to_rgb(lightness, torch.zeros(len(lightness), 2, 48, 48))
    learn.show_results(max_n=3, shuffle=False)
    (figure,) = figures()
    *rows, true = np.array_split(np.arange(9), 3)
    drawn = shown(figure)
    for row, (first, second) in enumerate(zip(*rows)):
        assert close(drawn[first].permute(2, 0, 1), gray[row])
        assert close(drawn[second].permute(2, 0, 1), pictures[row])
        small = Image.fromarray(photos[row]).resize((48, 48), Image.Resampling.BILINEAR)
        assert np.abs(drawn[true[row]].numpy() - np.asarray(small) / 255).mean() < 0.02
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["gray", "", "", "predicted", "", "", "true color", "", ""]
    first = drawn[0]
    learn.dls.valid.show_batch(max_n=3)
    drawn = shown(figures()[1])
    assert len(drawn) == 6 and close(drawn[0], first)
    learn.show_results(dl=learn.dls.test_dl([data.camera()]))
    assert len(figures()[2].axes) == 2


def test_top_losses_are_those_of_the_loss_function_in_order(learn, figures):
    interpretation = Interpretation.from_learner(learn)
    *_, losses = learn.get_preds(with_loss=True)
    top, rows = interpretation.top_losses()
    assert (top.diff() <= 0).all() and close(top, losses[rows])
    assert sorted(rows.tolist()) == list(range(len(learn.dls.valid_ds)))
    interpretation.plot_top_losses(2)
    (figure,) = figures()
    titles = [ax.get_title(loc="right") for ax in figure.axes[:2]]
    assert titles == [f"{loss:.3f}" for loss in top[:2]]
    lightness, *_ = learn.dls.valid.new(bs=100).one_batch()
    gray = to_rgb(lightness, torch.zeros(len(lightness), 2, 48, 48))
    assert close(shown(figure)[0].permute(2, 0, 1), gray[rows[0]])
    interpretation.show_results([1, 0])
    assert close(shown(figures()[1])[0].permute(2, 0, 1), gray[1])


def test_an_exported_learner_predicts_the_same_and_holds_no_photographs(learn):
    before = learn.predict(data.camera())
    learn.export()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        again = load_learner(learn.path / "export.pkl")
    after = again.predict(data.camera())
    assert all(torch.equal(one, other) for one, other in zip(before, after))
    assert [len(loader.dataset) for loader in again.dls.loaders] == [0, 0]
    assert learn.path.joinpath("export.pkl").stat().st_size < 60_000_000
    assert len(learn.dls.valid_ds) > 0  # the learner itself keeps its photographs


def test_summary_counts_the_weights(learn):
    lines = learn.summary().splitlines()
    layers = sum(
        parameter.numel()
        for module in learn.model.modules()
        if not list(module.children()) and hasattr(module, "weight")
        for parameter in module.parameters(recurse=False)
    )
    (total,) = [line for line in lines if line.startswith("Total params")]
    assert total == f"Total params: {layers:,}"
    assert lines[0].endswith("(Input shape: 8 x 1 x 48 x 48)")


@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_learner_that_was_not_trained_does_the_same(packed, tmp_path, settings, figures):
    learn = make_learner(
        TrainConfig((str(packed),), str(tmp_path), crop=48, batch_size=8, device="cpu", **settings)
    )
    learn.show_results(max_n=2)
    picture, _, _ = learn.predict(data.camera())
    assert picture.shape == (3, 48, 48)
    assert Interpretation.from_learner(learn).top_losses(1)[0] > 0


def test_looking_changes_no_batch_of_the_training(packed, tmp_path, figures):
    config = TrainConfig(
        (str(packed),), str(tmp_path), width=4, crop=48, batch_size=8, aged=True, device="cpu"
    )
    alone, looked = make_learner(config), make_learner(config)
    for _ in range(2):
        looked.show_results(ds_idx=0, max_n=2)
        looked.dls.show_batch(max_n=2)
        looked.get_preds(ds_idx=0)
        looked.summary()
        Interpretation.from_learner(looked, ds_idx=0).plot_top_losses(2)
        for batch, other in zip(alone.dls.train, looked.dls.train, strict=True):
            assert all(torch.equal(part, same) for part, same in zip(batch, other))


def test_a_loader_made_of_another_one_keeps_what_it_is_made_with(packed, tmp_path):
    config = TrainConfig((str(packed),), str(tmp_path), width=4, crop=48, batch_size=8, seed=5)
    loader = make_learner(config).dls.train
    list(loader)
    again = loader.new()
    for batch, other in zip(loader, again, strict=True):
        assert all(torch.equal(part, same) for part, same in zip(batch, other))
    in_order = again.new(shuffle=False, drop_last=False, bs=3)
    assert torch.equal(torch.cat([batch[2] for batch in in_order]), loader.labels)
    assert in_order.crop == 48 and in_order.seed == 5 and in_order.train
    empty = PhotoLoaders(loader, again).new_empty()
    assert [len(each.dataset) for each in empty.loaders] == [0, 0]
    assert empty.train.dataset.size == 64
    gray, color = loader.decode(loader.one_batch())
    assert type(gray) is TensorGray and type(color) is TensorImage
