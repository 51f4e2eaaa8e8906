# Settings of all tests: one thread, since small networks on busy cores run many times slower on two.
"""Settings of all tests: one thread, since small networks on busy cores run many times slower on two."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the processes that tests start

import torch

torch.set_num_threads(1)
