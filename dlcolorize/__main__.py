"""`python -m dlcolorize`, which is what `accelerate launch -m dlcolorize` needs."""
from dlcolorize.command_line import app

app()
