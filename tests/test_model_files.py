"""Models that are not what they should be, devices that are not there, colorizers in pickles."""

import copy
import json
import multiprocessing
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from skimage import data

from dlcolorize import model_files
from dlcolorize.colorizing import Colorizer
from dlcolorize.model_files import (
    WEIGHTS,
    ModelCard,
    ModelError,
    Network,
    available_devices,
    card_from_json,
    devices_to_try,
    model_path,
)

CARD = dict(card_version=1, name="drawn", working_size=64, detail_size=64, undone=0)
GRAY = np.tile(np.arange(80, dtype=np.uint8) * 3, (60, 1))
node = helper.make_node
DOUBLED = [
    node("Concat", ["lightness", "lightness"], ["ab"], axis=1)
]  # a* and b* are the lightness: orange in light, blue in shade


def write_model(
    path, nodes=DOUBLED, card=CARD, shape=(1, 2, None, None), kind=TensorProto.FLOAT, constants=()
):
    "An ONNX file that takes what a colorizing model takes."
    inputs = [
        helper.make_tensor_value_info("lightness", TensorProto.FLOAT, [1, 1, "h", "w"]),
        helper.make_tensor_value_info("undone", TensorProto.FLOAT, [1]),
    ]
    outputs = [helper.make_tensor_value_info("ab", kind, shape)]
    weights = [
        numpy_helper.from_array(np.asarray(value), name) for name, value in dict(constants).items()
    ]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    if card is not None:
        helper.set_model_props(
            model, dict(dlcolorize=card if isinstance(card, str) else json.dumps(card))
        )
    onnx.save(model, path)
    return path


def refusal(path, pixels=GRAY):
    "The one line that a model is refused with, without the file's name."
    with pytest.raises(ModelError) as caught:
        Colorizer(path)(pixels)
    line = str(caught.value)
    assert line.isprintable() and line.startswith(f"{path}: ") and len(line) < 600
    return line.removeprefix(f"{path}: ")


def test_a_drawn_model_colors(tmp_path):
    "The others in this file are it, with one thing changed."
    picture = np.asarray(Colorizer(write_model(tmp_path / "drawn.onnx"))(GRAY)).astype(int)
    assert picture.shape == (60, 80, 3)
    assert (picture[:, 70, 0] > picture[:, 70, 2] + 50).all() and (
        picture[:, 10, 2] > picture[:, 10, 0] + 20
    ).all()


WRONG_CARDS = {
    "its model card lacks working_size": {
        name: value for name, value in CARD.items() if name != "working_size"
    },
    "its model card lacks name, detail_size, undone": dict(card_version=1, working_size=64),
    "working_size is 0, not a whole number from 32 to 2048": CARD | dict(working_size=0),
    "working_size is -64, not a whole number": CARD | dict(working_size=-64),
    "working_size is 64.0, not a whole number": CARD | dict(working_size=64.0),
    "working_size is True, not a whole number": CARD | dict(working_size=True),
    "working_size is 1000000000000000000000": CARD | dict(working_size=10**30),
    "working_size is [64], not a whole number": CARD | dict(working_size=[64]),
    "detail_size is 0, not a whole number": CARD | dict(detail_size=0),
    "undone is 'x', not a number from -2 to 2": CARD | dict(undone="x"),
    "undone is nan, not a number from -2 to 2": CARD | dict(undone=float("nan")),
    "undone is inf, not a number from -2 to 2": CARD | dict(undone=float("inf")),
    "undone is None, not a number from -2 to 2": CARD | dict(undone=None),
    "temperature is 0, not a number from 0.001": CARD | dict(temperature=0),
    "name is 'two\\nlines', not a line": CARD | dict(name="two\nlines"),
    "name is '\\ud800', not a line": CARD | dict(name="\ud800"),
    "name is None, not a line": CARD | dict(name=None),
    "quality is None, not a table of numbers": CARD | dict(quality=None),
    "quality is {'coco': {'psnr': nan}}": CARD | dict(quality=dict(coco=dict(psnr=float("nan")))),
    "card_version is True": CARD | dict(card_version=True),
    "(card 2, here 1); update dlcolorize": CARD | dict(card_version=2),
    "(card 0, here 1); export the model anew": CARD | dict(card_version=0),
    "(card nan, here 1)": CARD | dict(card_version=float("nan")),
    "its model card cannot be read": "[" * 100_000,
    "model card cannot be read": "[1]",
    "card cannot be read": '{"card_version": 1',
    "not a colorizing model of dlcolorize": None,
}


@pytest.mark.parametrize("said", WRONG_CARDS)
def test_a_wrong_card_gets_one_line(tmp_path, said):
    assert said in refusal(write_model(tmp_path / "wrong.onnx", card=WRONG_CARDS[said]))


WRONG_NETWORKS = {
    "predicts for 64 x 64 points an array of shape (1, 7, 64, 64)": dict(  # known only when it runs
        nodes=[
            node("Mul", ["undone", "none"], ["zero"]),
            node("Add", ["zero", "seven"], ["sum"]),
            node("Cast", ["sum"], ["channels"], to=TensorProto.INT64),
            node("Concat", ["one", "channels", "one", "one"], ["times"], axis=0),
            node("Tile", ["lightness", "times"], ["ab"]),
        ],
        shape="abcd",
        constants=dict(none=np.float32(0), seven=np.float32(7), one=np.array([1])),
    ),
    "its ab is tensor(float) [1, 7, 'h', 'w']": dict(
        nodes=[node("Concat", ["lightness"] * 7, ["ab"], axis=1)], shape=(1, 7, None, None)
    ),
    "array of shape (1, 2, 0, 64)": dict(
        nodes=[node("Tile", ["lightness", "times"], ["ab"])],
        shape="abcd",
        constants=dict(times=np.array([1, 2, 0, 1])),
    ),
    "array of shape (1, 2, 21, 21)": dict(
        nodes=[
            node("AveragePool", ["lightness"], ["small"], kernel_shape=[3, 3], strides=[3, 3]),
            node("Concat", ["small"] * 2, ["ab"], axis=1),
        ]
    ),
    "array of shape (1, 2, 1, 1)": dict(
        nodes=[
            node("GlobalAveragePool", ["lightness"], ["small"]),
            node("Concat", ["small"] * 2, ["ab"], axis=1),
        ]
    ),
    "array of shape (1, 2, 64, 32)": dict(
        nodes=[
            node("AveragePool", ["lightness"], ["small"], kernel_shape=[1, 2], strides=[1, 2]),
            node("Concat", ["small"] * 2, ["ab"], axis=1),
        ]
    ),
    "its network fails": dict(
        nodes=[node("Reshape", ["lightness", "shape"], ["ab"])],
        shape="abcd",
        constants=dict(shape=np.array([1, 2, 7, 7])),
    ),
    "predicts numbers that are no colors": dict(  # infinity
        nodes=[
            node("Mul", ["lightness", "much"], ["more"]),
            node("Mul", ["more", "much"], ["most"]),
            node("Concat", ["most"] * 2, ["ab"], axis=1),
        ],
        constants=dict(much=np.float32(1e30)),
    ),
    "numbers that are no colors": dict(  # not a number
        nodes=[
            node("Sub", ["undone", "undone"], ["zero"]),
            node("Div", ["zero", "zero"], ["nan"]),
            node("Add", ["lightness", "nan"], ["sum"]),
            node("Concat", ["sum"] * 2, ["ab"], axis=1),
        ]
    ),
    "that are no colors": dict(  # a number, but a* of 10 ** 32
        nodes=[
            node("Mul", ["lightness", "much"], ["more"]),
            node("Concat", ["more"] * 2, ["ab"], axis=1),
        ],
        constants=dict(much=np.float32(1e30)),
    ),
    "its ab is tensor(double)": dict(
        nodes=[
            node("Concat", ["lightness"] * 2, ["two"], axis=1),
            node("Cast", ["two"], ["ab"], to=TensorProto.DOUBLE),
        ],
        kind=TensorProto.DOUBLE,
    ),
    "not an ONNX model that can be used": dict(
        nodes=[node("No such\n\x1b[31m operator", ["lightness"], ["ab"])]
    ),
}


@pytest.mark.parametrize("said", WRONG_NETWORKS)
def test_a_wrong_network_gets_one_line(tmp_path, said):
    assert said in refusal(write_model(tmp_path / "wrong.onnx", **WRONG_NETWORKS[said]))


def test_weights_outside_the_models_folder_get_one_line(tmp_path):
    (tmp_path / "weights.bin").write_bytes(np.ones(1, np.float32).tobytes())
    (tmp_path / "models").mkdir()
    path = write_model(
        tmp_path / "models" / "outside.onnx",
        [node("Mul", ["lightness", "one"], ["same"]), node("Concat", ["same"] * 2, ["ab"], axis=1)],
        constants=dict(one=np.ones(1, np.float32)),
    )
    model = onnx.load(path)
    (weight,) = model.graph.initializer
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="../../../../../../../../etc/hostname")
    path.write_bytes(model.SerializeToString())
    assert "not an ONNX model that can be used" in refusal(path)


@pytest.mark.parametrize(
    "card, temperature",
    [(CARD, None), (CARD | dict(temperature=None), None), (CARD | dict(temperature=0.5), 0.5)],
)
def test_a_model_that_anneals_nothing_needs_no_temperature(tmp_path, card, temperature):
    network = Network(write_model(tmp_path / "lab.onnx", card=card))
    assert network.card.temperature == temperature and network.card.quality == {}


def test_what_another_version_added_is_kept():
    card = card_from_json(json.dumps(CARD | dict(color="red")))
    assert card.more == {"color": "red"} and json.loads(card.to_json())["color"] == "red"
    assert card_from_json(card.to_json()) == card


def test_the_shipped_card_is_whole():
    card = Network().card
    assert (
        isinstance(card, ModelCard) and card_from_json(card.to_json()) == card and card.more == {}
    )
    assert (card.name, card.working_size, card.detail_size) == ("base", 192, 160) and sorted(
        card.quality
    ) == ["coco", "dogs", "landscapes", "objects"]


@pytest.mark.parametrize(
    "name", ["c" * 300, "c" * 300 + ".onnx", "a\0b.onnx", "a\nb", "", ".", "\udcff"]
)
def test_an_impossible_name_gets_one_line(name):
    with pytest.raises(ModelError) as caught:
        Network(name)
    assert str(caught.value).isprintable()


def test_the_command_says_it_in_one_line(dlcolorize, tmp_path):
    Image.fromarray(GRAY).save(tmp_path / "gray.png")
    models = {
        "card.onnx": write_model(tmp_path / "card.onnx", card=CARD | dict(undone=float("nan"))),
        "fails.onnx": write_model(tmp_path / "fails.onnx", **WRONG_NETWORKS["its network fails"]),
        "nan.onnx": write_model(
            tmp_path / "nan.onnx", **WRONG_NETWORKS["numbers that are no colors"]
        ),
        "c" * 300 + ".onnx": None,
    }
    for name in models:
        result = dlcolorize("colorize", "gray.png", "--model", name)
        assert (
            result.returncode == 1 and result.stderr.count("\n") == 1 and name[:50] in result.stderr
        ), result.stderr
        assert not (tmp_path / "colorized" / "gray.png").exists()


def test_a_model_without_a_file_is_wrong_usage(dlcolorize):
    for name in ("basis", "c" * 300):
        result = dlcolorize("colorize", "gray.png", "--model", name)
        line = result.stderr.splitlines()[-1]
        assert result.returncode == 2 and name[:50] in line and "there is base, or give" in line


def test_auto_takes_the_best_that_is_there(monkeypatch):
    def there(*providers):
        monkeypatch.setattr(
            onnxruntime,
            "get_available_providers",
            lambda: [*providers, "AzureExecutionProvider", "CPUExecutionProvider"],
        )

    there()
    assert available_devices() == devices_to_try("auto") == devices_to_try("cpu") == ["cpu"]
    there("TensorrtExecutionProvider", "CUDAExecutionProvider")
    assert devices_to_try("auto") == ["cuda", "cpu"] and devices_to_try("tensorrt") == ["tensorrt"]
    there("OpenVINOExecutionProvider")
    assert devices_to_try("auto") == ["openvino", "cpu"]
    there("DmlExecutionProvider")
    assert devices_to_try("auto") == ["directml", "cpu"]
    there("CoreMLExecutionProvider")
    assert devices_to_try("auto") == ["coreml", "cpu"] and devices_to_try("coreml") == ["coreml"]


@pytest.mark.parametrize(
    "device, said",
    [
        ("abacus", "abacus: no such device; there is auto, cpu, cuda"),
        ("CPU", "CPU: no such device"),
        ("rocm", "rocm: the installed onnxruntime has no such device, only cpu"),
        ("rocm", "the package onnxruntime-rocm has it"),
    ],
)
def test_a_device_that_is_not_there_gets_one_line(device, said):
    with pytest.raises(ModelError) as caught:
        Colorizer(device=device)
    assert said in str(caught.value) and str(caught.value).isprintable()


@pytest.fixture
def another_device(monkeypatch):
    "An onnxruntime that has CUDA, whose predictions are as far off as the test requests."

    def pretend(error=0.0, starts=True):
        real = model_files._load_session

        class Moved:
            def __init__(self, session):
                self.session = session

            def get_providers(self):
                return (
                    ["CUDAExecutionProvider", "CPUExecutionProvider"]
                    if starts
                    else ["CPUExecutionProvider"]
                )

            def run(self, outputs, inputs):
                return [self.session.run(outputs, inputs)[0] + np.float32(error)]

        monkeypatch.setattr(
            onnxruntime,
            "get_available_providers",
            lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"],
        )
        monkeypatch.setattr(
            model_files,
            "_load_session",
            lambda path, threads, device="cpu": (
                real(path, threads) if device == "cpu" else Moved(real(path, threads))
            ),
        )

    return pretend


def test_a_device_gives_the_processors_picture(another_device):
    expected = np.asarray(Colorizer(device="cpu")(data.coffee())).astype(int)
    another_device(error=0.04 / 110)
    colorizer = Colorizer()
    assert colorizer.network.device == "cuda" and colorizer.network.passed_over == {}
    assert 0 < np.abs(np.asarray(colorizer(data.coffee())) - expected).max() <= 1


@pytest.mark.parametrize(
    "fault, reason",
    [
        (dict(starts=False), "does not start"),
        (dict(error=0.5), "differ from the processor's"),
        (dict(error=float("nan")), "differ from the processor's"),
    ],
)
def test_auto_goes_on_to_the_processor_and_a_wish_is_told(another_device, fault, reason):
    another_device(**fault)
    network = Network()
    assert network.device == "cpu" and reason in network.passed_over["cuda"]
    with pytest.raises(ModelError, match=f"cuda: .*{reason}"):
        Network(device="cuda")


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_driver_that_is_missing_is_one_line(monkeypatch, capfd):
    "onnxruntime is really asked for what it does not have."
    monkeypatch.setattr(
        onnxruntime,
        "get_available_providers",
        lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"],
    )
    assert Network().device == "cpu"
    with pytest.raises(ModelError, match="^cuda: "):
        Network(device="cuda")
    assert capfd.readouterr() == ("", "")


def picture(colorizer):
    "What a colorizer makes of a part of the cat, for another process."
    return np.asarray(colorizer(data.chelsea()[100:200, 100:220]))


@pytest.fixture(scope="module")
def colorizer():
    "The model that ships, with settings of its own."
    return Colorizer(vividness=1.5, size=64, ensemble=True, threads=2)


def test_a_colorizer_can_be_copied(colorizer):
    for again in (
        pickle.loads(pickle.dumps(colorizer)),
        copy.deepcopy(colorizer),
        copy.copy(colorizer),
    ):
        assert (again.vividness, again.size, again.ensemble, again.threads) == (1.5, 64, True, 2)
        assert again.provenance == colorizer.provenance
        assert np.array_equal(picture(again), picture(colorizer))
    assert len(pickle.dumps(colorizer)) < 10_000  # the model is opened again, not carried along


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_a_colorizer_works_in_another_process(colorizer, method):
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert np.array_equal(
            pool.apply_async(picture, (colorizer,)).get(timeout=60), picture(colorizer)
        )


def test_a_colorizer_survives_a_fork():
    "It predicts, the process is forked, and the child predicts the same without a pickle."
    program = (
        "import os, numpy, dlcolorize; c = dlcolorize.Colorizer(threads=2); "
        "g = numpy.tile(numpy.arange(80, dtype='uint8'), (60, 1)); "
        "a = c(g).tobytes(); child = os.fork(); b = c(g).tobytes(); assert a == b\n"
        "if not child: os._exit(0)\n"
        "print(os.waitpid(child, 0)[1])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert result.stdout.strip() == "0", result.stderr


def test_a_pickle_finds_its_model_from_another_folder(tmp_path, monkeypatch):
    write_model(tmp_path / "drawn.onnx")
    monkeypatch.chdir(tmp_path)
    stored = pickle.dumps(Colorizer("drawn.onnx"))
    monkeypatch.chdir("/")
    assert pickle.loads(stored)(GRAY).size == (80, 60)
    assert str(WEIGHTS).encode() not in pickle.dumps(
        Network("base")
    )  # another machine has it elsewhere


def test_threads_may_share_a_colorizer(colorizer):
    photos = [photo[:100, :120] for photo in (data.chelsea(), data.coffee(), data.astronaut())] * 2
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(colorizer, photos))
    for photo, answer in zip(photos, answers):
        assert np.array_equal(np.asarray(answer), np.asarray(colorizer(photo)))


def test_a_file_in_the_working_folder_hides_no_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("base", "huge"):
        (tmp_path / name).write_text("x")
    write_model(tmp_path / "drawn.onnx")
    shutil.copy("drawn.onnx", "drawn")
    assert model_path("base") == WEIGHTS / "base.onnx"
    assert Colorizer().path == WEIGHTS / "base.onnx"
    for name in ("drawn.onnx", "./drawn.onnx", "./drawn", str(tmp_path / "drawn")):
        assert Network(name).card.name == "drawn"
    for name in ("huge", "drawn"):
        with pytest.raises(ModelError, match="no model of this name"):
            model_path(name)
