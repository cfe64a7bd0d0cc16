"""As pytorch-fid: https://github.com/mseitzer/pytorch-fid.

It computes the Frechet distance only, and the same one: covariances divide by n - 1, the distance
is squared. It takes the root of the product of the covariances with a general solver, and adds 1e-6
to their diagonals where that fails; ours needs neither, so with few samples ours is exact where its
value is off by rounding. Of pictures it takes the bilinear resize of torch, without antialiasing.
"""

from genbench.presets import Preset

PRESET = Preset(features="inception", preparing={"inception": "torch-bilinear-299"})
