# What is exported, read by Python: netCDF by xarray with netcdf4, JSON by the standard library in the layout of ArviZ's from_json(); both by ArviZ, and Parquet by pyarrow, where they are installed.
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
groups = ["posterior", "sample_stats", "log_likelihood", "posterior_predictive", "prior", "prior_predictive", "observed_data", "constant_data"]
for group in groups:
    dataset = xarray.open_dataset(f"{folder}/fit.nc", group=group)
    for name, values in document[group].items():
        dims = document["dims"].get(name, [])
        dims = dims if group.endswith("_data") else ["chain", "draw", *dims]
        coords = {dim: document["coords"][dim] for dim in dims if dim in document["coords"]}
        array = xarray.DataArray(values, dims=dims, coords=coords)
        assert array.shape == dataset[name].shape and (array.values == dataset[name].values).all(), name
    print("ok: JSON and netCDF have the same", group)
try:
    import arviz

    read = [arviz.from_json(f"{folder}/fit.json"), arviz.from_netcdf(f"{folder}/fit.nc")]
    for group in groups:
        one, other = [data[group] for data in read]
        assert set(one.data_vars) == set(other.data_vars), group
        for name in one.data_vars:
            assert one[name].dims == other[name].dims, name
            assert one[name].dtype.kind == other[name].dtype.kind or one[name].dtype.kind in "iU", (name, one[name].dtype)
            assert (one[name].values == other[name].values).all(), name
    summary = arviz.summary(read[1], var_names=["beta", "sd", "cor"], round_to="none")
    for name, (rhat, ess) in expected["rhat"].items():
        assert abs(summary.loc[name, "r_hat"] - rhat) < 1e-10 and abs(summary.loc[name, "ess_bulk"] - ess) < 1e-6, name
    print("ok: ArviZ", arviz.__version__, "; elpd", arviz.loo(read[1]).elpd_loo)
except ImportError:
    print("ArviZ is not installed")
try:
    import csv

    import pyarrow
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(f"{folder}/draws.parquet")
    with open(f"{folder}/draws.csv") as lines:
        names, *rows = csv.reader(lines)
    assert table.column_names == names
    for k, name in enumerate(names):
        assert table.column(k).to_pylist() == [float(row[k]) for row in rows], name
    print("ok: pyarrow", pyarrow.__version__)
except ImportError:
    print("pyarrow is not installed")
print("Python", sys.version.split()[0], "; xarray", xarray.__version__, "; netCDF4", netCDF4.__version__)
