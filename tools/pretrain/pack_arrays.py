"""python3 pack_arrays.py brainweb DIR_OF_NPZ OUT_DIR --contrasts T1w T2w | synthrad FILE.npz OUT_DIR

The two sets that are not BIDS folders, in pack.py's form (so pack_webp.py takes them too).
brainweb: simulated heads, every third axial slice, contrasts through `foreground-median`; heads 51 52 val, 53 54 test, others train.
synthrad: one axial, one coronal and one sagittal slice a patient, T1w through `foreground-median`, CT as (HU + 1024) / 3072 * 255 clipped (`hu` on a
card: [-1024, 2048]); hospital 1BC test, the last 20 patients of 1BB val, others train.
"""
import argparse, glob, io, lzma, os, re
import numpy as np

p = argparse.ArgumentParser(); p.add_argument("kind", choices=["brainweb", "synthrad"]); p.add_argument("src"); p.add_argument("out"); p.add_argument("--contrasts", nargs="+", default=["T1w", "T2w"]); p.add_argument("--step", type=int, default=3)
a = p.parse_args(); os.makedirs(a.out, exist_ok=True)


def median_map(v):
    v = v.astype(np.float32); fg = v[v > 0.1 * np.percentile(v, 99.9)]
    return np.clip(v / (3 * np.median(fg)), 0, 1)


def frame(s):
    s = s[::-1, ::-1].T; out = np.zeros((256, 256), np.uint8); h, w = s.shape; y, x = (256 - h) // 2, (256 - w) // 2; out[y : y + h, x : x + w] = s; return out


rows = {}
if a.kind == "brainweb":
    for f in sorted(glob.glob(f"{a.src}/bw[0-9][0-9].npz")):
        n = re.search(r"bw(\d+)", os.path.basename(f))[1]; z = np.load(f); vols = [median_map(z[c]) for c in a.contrasts]; split = {"51": "val", "52": "val", "53": "test", "54": "test"}.get(n, "train")
        for k in range(0, vols[0].shape[2], a.step):
            if (vols[0][:, :, k] > 0.1).mean() < 0.1: continue
            sl = [np.round(v[:, :, k] * 255).astype(np.uint8) for v in vols]
            for x in sl: x[x < 5] = 0
            rows.setdefault(split, []).append((f"bw{n}", [frame(x) for x in sl]))
else:
    z = np.load(a.src); a.contrasts = ["T1w", "CT"]; ids = sorted(set(z["id"].tolist())); val = [i for i in ids if i.startswith("1BB")][-20:]
    for mr, ct, m, i, plane in zip(z["mr"], z["ct"], z["mask"], z["id"], z["plane"]):
        split = "test" if i.startswith("1BC") else "val" if i in val else "train"
        rows.setdefault(split, []).append((str(i), [np.round(median_map(mr) * 255).astype(np.uint8), np.round(np.clip((np.where(m, ct, -1024).astype(np.float32) + 1024) / 3072, 0, 1) * 255).astype(np.uint8)]))
for split, l in rows.items():
    b = io.BytesIO(); np.savez(b, subject=np.array([x[0] for x in l]), **{c: np.stack([x[1][q] for x in l]) for q, c in enumerate(a.contrasts)})
    with open(f"{a.out}/{split}.{os.path.basename(a.src.rstrip('/')).split('.')[0][:6]}.npz.xz", "wb") as f: f.write(lzma.compress(b.getvalue(), preset=1))
    print(split, len(l))
