# What is exported, read by Python: netCDF by xarray with netcdf4, JSON by the standard library in the layout of ArviZ's from_json().
# Usage: python3 validation/export/readBack.py FOLDER   (after write.js FOLDER)
import json
import sys

import netCDF4
import xarray

folder = sys.argv[1]
expected = json.load(open(f"{folder}/expected.json"))


def same(what, value, wanted):
    assert float(value) == wanted, (what, float(value), wanted)
    print("ok:", what)


posterior = xarray.open_dataset(f"{folder}/fit.nc", group="posterior")
draw = dict(chain=2, draw=150)
same("netCDF, random effect", posterior.b_subject.sel(**draw, subject_level="17", b_subject_of="post"), expected["effect"])
same("netCDF, sd", posterior.sd.sel(**draw, sd_of="subject, post"), expected["sd"])
same("netCDF, coefficient", posterior.beta.sel(**draw, beta_of="post:trt.progabide"), expected["coefficient"])
stats = xarray.open_dataset(f"{folder}/fit.nc", group="sample_stats")
same("netCDF, energy", stats.energy.sel(**draw), expected["energy"])
assert stats.diverging.dtype == bool
assert posterior.attrs["inference_library"] == "marginalia"
document = json.load(open(f"{folder}/fit.json"))
for group in ["posterior", "sample_stats", "log_likelihood", "posterior_predictive", "observed_data", "constant_data"]:
    dataset = xarray.open_dataset(f"{folder}/fit.nc", group=group)
    for name, values in document[group].items():
        dims = document["dims"].get(name, [])
        dims = dims if group.endswith("_data") else ["chain", "draw", *dims]
        coords = {dim: document["coords"][dim] for dim in dims if dim in document["coords"]}
        array = xarray.DataArray(values, dims=dims, coords=coords)
        assert array.shape == dataset[name].shape and (array.values == dataset[name].values).all(), name
    print("ok: JSON and netCDF have the same", group)
print("Python", sys.version.split()[0], "; xarray", xarray.__version__, "; netCDF4", netCDF4.__version__)
