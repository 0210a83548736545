"""Writes the NumPy files beside this script, and `arrays.json` with what NumPy itself says is in each.

Recorded with NumPy 2.4.6 on Python 3:  python3 apps/cli/src/inputs/__fixtures__/make-fixtures.py
"""

import io
import json
from pathlib import Path

import numpy as np
from numpy.lib import format as npy_format

here = Path(__file__).parent
expected = {}


def values_of(array):
    flat = np.ascontiguousarray(array).reshape(-1).tolist()
    if array.dtype.kind == "f":
        return [repr(float(value)) for value in flat]
    if array.dtype.kind in "iu":
        return [str(value) for value in flat]
    if array.dtype.kind == "S":
        return [value.decode("utf-8") for value in flat]
    return flat


def save(name, array, version=None):
    with open(here / f"{name}.npy", "wb") as file:
        npy_format.write_array(file, array, version=version, allow_pickle=True)
    expected[name] = {
        "descr": array.dtype.str,
        "fortran": bool(array.flags.f_contiguous and not array.flags.c_contiguous),
        "shape": list(array.shape),
        "values": values_of(array),
    }


for code in ["f2", "f4", "f8"]:
    values = [0.0, -0.0, 1.5, -2.25, np.inf, -np.inf, np.nan, float(np.finfo(code).max), float(np.finfo(code).tiny), 0.1, -0.1, 7]
    for order in "<>":
        save(f"{'little' if order == '<' else 'big'}-{code}", np.array(values, dtype=order + code).reshape(2, 2, 3))
for code in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    info = np.iinfo(code)
    values = [info.min, info.max, 0, 1, info.max - 1, 42]
    for order in "<>" if code[1] != "1" else "<":
        save(f"{'little' if order == '<' else 'big'}-{code}", np.array(values, dtype=order + code).reshape(3, 2))
save("bool", np.array([[True, False, True], [False, False, True]]))
save("fortran-f4", np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)))
save("fortran-big-i2", np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3)))
save("fortran-text", np.asfortranarray(np.array([["a", "bc"], ["def", ""], ["g", "hi"]])))
save("scalar-f8", np.array(3.25))
save("empty-f4", np.zeros((0, 3), dtype="<f4"))
save("version-2", np.arange(3, dtype="<i4"), version=(2, 0))
save("version-3", np.arange(3, dtype="<i4"), version=(3, 0))
save("text", np.array(["", "häuser", "\U0001f600!", "a b"]))
save("big-text", np.array(["x", "ünï"], dtype=">U4"))
save("bytes", np.array([b"abc", "ü".encode()]))
save("empty-text", np.array([], dtype="U"))

(here / "arrays.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

refused = here / "refused"
refused.mkdir(exist_ok=True)
np.save(refused / "object.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save(refused / "complex.npy", np.array([1 + 2j]))
np.save(refused / "record.npy", np.array([(1, 2.0)], dtype=[("shape", "<i4"), ("y", "<f4")]))
np.save(refused / "date.npy", np.array(["2020-01-01"], dtype="M8[D]"))
np.save(refused / "void.npy", np.zeros(2, dtype="V2"))

np.savez(here / "two.npz", image=np.arange(6, dtype="<f4").reshape(2, 3), **{"model/mask": np.array([True, False])})
np.savez_compressed(here / "one.npz", np.arange(100, dtype="<i8"))
