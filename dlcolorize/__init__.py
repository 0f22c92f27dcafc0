"""Color for gray photographs: `from dlcolorize import Colorizer; Colorizer()('photo.jpg')`."""
import os
import warnings

# Libraries that report to their makers are told not to, before anything here imports them; who has chosen otherwise keeps that.
for _switch, _off in (("ORT_DISABLE_TELEMETRY", "1"), ("HF_HUB_DISABLE_TELEMETRY", "1"), ("WANDB_ERROR_REPORTING", "false")):
    os.environ[_switch] = os.environ.get(_switch) or _off  # an empty value would leave onnxruntime's on

# kornia and fastai call it when they are imported, and there is nothing that who sees the warning could do
warnings.filterwarnings("ignore", ".*torch.jit.script", FutureWarning)

__version__ = "0.1.0"
__all__ = ["Colorizer"]


def __getattr__(name):
    # Colorizer is imported when it is asked for, so that `dlcolorize --help` need not wait for onnxruntime.
    if name == "Colorizer":
        from dlcolorize.colorizing import Colorizer
        return Colorizer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
