"""Color for gray photographs: `from dlcolorize import Colorizer; Colorizer()('photo.jpg')`."""

import os
import warnings

# Switches off what libraries report to their makers, before anything here imports them.
# A value that is set already is kept; an empty one would leave onnxruntime's reports on.
_SWITCHES = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "WANDB_ERROR_REPORTING": "false",
}
for _switch, _off in _SWITCHES.items():
    os.environ[_switch] = os.environ.get(_switch) or _off

# kornia and fastai call it when they are imported, and users can do nothing about the warning.
warnings.filterwarnings("ignore", ".*torch.jit.script", FutureWarning)

__version__ = "0.1.0"
__all__ = ["Colorizer"]


def __getattr__(name):
    # Colorizer is imported at its first use: `dlcolorize --help` need not wait for onnxruntime.
    if name == "Colorizer":
        from dlcolorize.colorizing import Colorizer

        return Colorizer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
