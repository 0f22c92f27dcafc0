"""`python -m dlcolorize`, which is what `accelerate launch -m dlcolorize` needs."""
from dlcolorize.command_line import app

if __name__ == "__main__":  # processes that are spawned import this module, too
    app()
