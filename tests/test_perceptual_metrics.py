"""LPIPS and FID run whole, with random weights; where theirs are missing, a line says so."""

import pytest
import torch
from torch import nn

from dlcolorize import evaluation, perceptual_metrics
from dlcolorize.metrics import gray_copy
from dlcolorize.perceptual_metrics import (
    ALEXNET,
    INCEPTION,
    efficientnet_distance,
    fid,
    frechet_distance,
    lpips,
)
from dlcolorize.registry import RunError


@pytest.fixture
def photos():
    return torch.randint(0, 256, (6, 3, 64, 64), generator=torch.Generator().manual_seed(0)).byte()


@pytest.fixture
def checkpoints(tmp_path, monkeypatch):
    "Where torch looks for weights; empty."
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def loaded(monkeypatch):
    "The names of the weights that were loaded since."
    names, load = [], torch.load

    def noted(path, *args, **more):
        names.append(getattr(path, "name", str(path)).rsplit("/", 1)[-1])
        return load(path, *args, **more)

    monkeypatch.setattr(torch, "load", noted)
    return names


def save_random(net, path):
    torch.manual_seed(0)
    for parameter in net.parameters():
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(parameter)
    torch.save(net.state_dict(), path)


def test_lpips_is_computed_with_the_weights_of_the_checkpoint(photos, checkpoints, loaded):
    from torchmetrics.functional.image import learned_perceptual_image_patch_similarity
    from torchvision.models import alexnet

    save_random(alexnet(), checkpoints / ALEXNET.rsplit("/", 1)[1])
    assert lpips(photos, photos).tolist() == [0] * 6
    noise = torch.randint(0, 40, photos.shape, generator=torch.Generator().manual_seed(1))
    little, much = ((photos.int() + part).clamp(0, 255).byte() for part in (noise // 8, noise))
    near, far = lpips(photos, little), lpips(photos, much)
    assert near.shape == (6,) and (near > 0).all() and (near < far).all()
    assert loaded.count(ALEXNET.rsplit("/", 1)[1]) <= 2  # its network was made once
    assert lpips(photos[:1], much[:1]).shape == (1,)
    expected = learned_perceptual_image_patch_similarity(
        photos / 255, much / 255, net_type="alex", reduction="none", normalize=True
    )
    assert torch.equal(far, expected)


def test_the_protocol_computes_the_vectors_of_the_truth_once(photos, monkeypatch):
    seen = []

    def vectors(pictures):
        seen.append(pictures)
        return pictures.float().mean((2, 3))

    monkeypatch.setattr(evaluation, "inception_vectors", vectors)
    table = evaluation.protocol({"tinted": lambda truth: truth.clamp(0, 200)}, photos)
    assert len(seen) == 1 + len(table) and seen[0] is photos
    means = photos.clamp(0, 200).float().mean((2, 3))
    expected = frechet_distance(photos.float().mean((2, 3)), means)
    assert table.FID["tinted"] == expected != 0


def test_fid_is_computed_with_the_weights_of_the_checkpoint(photos, checkpoints, loaded):
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    path = checkpoints / INCEPTION.rsplit("/", 1)[1]
    torch.save(random_inception(FeatureExtractorInceptionV3), path)
    assert fid(photos, photos) == pytest.approx(0, abs=1e-3)
    assert fid(photos, gray_copy(photos)) > 1e-3
    assert loaded.count(path.name) <= 2  # its network was made once


def random_inception(extractor):
    "The weights of Inception at random, which its constructor would download."
    shapes = {}

    class Recorder(extractor):
        def load_state_dict(self, state, *_, **__):
            shapes.update(self.state_dict())

    with pytest.MonkeyPatch.context() as patch:
        name = "torch_fidelity.feature_extractor_inceptionv3.load_state_dict_from_url"
        patch.setattr(name, lambda *_, **__: {})
        net = Recorder("inception-v3-compat", ["2048"])
    torch.manual_seed(0)
    for parameter in net.parameters():
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(parameter)
    return net.state_dict()


@pytest.mark.parametrize(("metric", "address"), [(lpips, ALEXNET), (fid, INCEPTION)])
def test_missing_weights_are_one_line_with_the_command_that_gets_them(
    photos, checkpoints, metric, address
):
    with pytest.raises(RunError, match="its weights are a download: python -c") as raised:
        metric(photos, photos)
    assert address in str(raised.value) and "\n" not in str(raised.value)


def test_missing_packages_are_one_line(photos, monkeypatch):
    monkeypatch.setattr(perceptual_metrics, "find_spec", lambda name: None)
    with pytest.raises(RunError, match="pip install torchmetrics torch-fidelity"):
        lpips(photos, photos)


def test_the_distance_of_efficientnet_is_symmetric_and_of_each_picture(photos):
    gray = gray_copy(photos)
    together = efficientnet_distance(photos, gray)
    assert torch.allclose(together, efficientnet_distance(gray, photos))
    pairs = zip(photos.split(1), gray.split(1))
    alone = torch.cat([efficientnet_distance(*pair) for pair in pairs])
    assert torch.allclose(together, alone, atol=1e-5)


def test_the_frechet_distance_of_shifted_sets_is_the_squared_shift():
    features = torch.randn(40, 5, generator=torch.Generator().manual_seed(0))
    assert frechet_distance(features, features + 2) == pytest.approx(5 * 2**2, rel=1e-5)
    expected = 4 * features.var(0).sum() + 4 * features.mean(0).square().sum()
    assert frechet_distance(features, 3 * features) == pytest.approx(expected.item(), rel=1e-5)
    few = features[:3]  # fewer rows than features
    assert frechet_distance(few, few) == pytest.approx(0, abs=1e-6)
