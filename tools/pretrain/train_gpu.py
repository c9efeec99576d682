"""One GPU, one call, under ten minutes: paired SynDiff generators T1w <-> FLAIR, T1w <-> T2w and T1w -> CT, against the clock.

python3 train_gpu.py --packs DIR --out $OUT [--seconds 540]        (see README.md: "The ten minutes")
python3 train_gpu.py --packs DIR --out DIR --rehearse           the whole plan on a CPU with a toy network, two minutes: run it first

Each stage: the real source as condition ("paired"), first by L1 alone (fast), then with the diffusive discriminators (R1, lazy;
L1 weighted 20 so that the anatomy stays). EMA. After each part, and at the end, OUT holds: <source>-to-<target>.safetensors (float16, authors' names,
network config in the metadata, each under 16 MB), <stage>.png (source, synthetic, real, a row a validation slice), log.jsonl, so that whatever
happens later, what is there is whole (files are renamed into place).
Needs torch (1.13 for the rehearsal, 2 for a GPU), numpy, pillow. DIR holds t1-flair.zip, t1-t2.zip and mr-ct.zip of pack_webp.py.
"""
import argparse, io, json, math, os, struct, sys, time, traceback, zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
import numpy as np, torch, torch.nn.functional as F
from PIL import Image
import syndiff_torch as S

p = argparse.ArgumentParser()
for k, v in dict(seconds=540.0, nf=32, ngf=32, z_emb=64, size=256, batch=32, lr=8e-4, lr_adv=2e-4, lr_d=1.5e-4, l1=20.0, r1=1.0, lazy=10, ema=0.999, seed=1, eval_slices=64, share_l1=0.55, lesion_weight=6.0).items():
    p.add_argument("--" + k.replace("_", "-"), type=type(v), default=v)
p.add_argument("--packs", required=True); p.add_argument("--out", required=True); p.add_argument("--rehearse", action="store_true"); p.add_argument("--only", choices=["t1-flair", "t1-t2", "mr-ct"]); p.add_argument("--start", help="folder with safetensors of an earlier call")
o = p.parse_args(); dev = "cuda" if torch.cuda.is_available() and not o.rehearse else "cpu"; os.makedirs(o.out, exist_ok=True); torch.manual_seed(o.seed); began = time.time(); clock = lambda: time.time() - began
if o.rehearse: o.nf, o.ngf, o.size, o.batch, o.seconds, o.eval_slices = 8, 8, 64, 4, 150.0, 4
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True; torch.backends.cudnn.benchmark = True
amp = lambda: torch.autocast(dev, torch.bfloat16, enabled=dev == "cuda"); sp = F.softplus


def say(**row):
    line = json.dumps({"s": round(clock(), 1), **{k: round(float(v), 4) if isinstance(v, (float, torch.Tensor)) else v for k, v in row.items()}}); print(line, flush=True)
    with open(f"{o.out}/log.jsonl", "a") as f: f.write(line + "\n")


def load(name, contrasts):
    with zipfile.ZipFile(f"{o.packs}/{name}.zip") as z:
        index = json.loads(z.read("index.json")); raw = {(s, c): [z.read(f"{s}/{c}/{n}.webp") for n in range(len(index[s]))] for s in index for c in contrasts}; names = set(z.namelist())
        for s in index: raw[s, "lesion"] = [z.read(f"{s}/lesion/{n}.png") if f"{s}/lesion/{n}.png" in names else None for n in range(len(index[s]))]      # experts' outlines
    none = np.zeros((256, 256), np.uint8); one = lambda b: none if b is None else np.asarray(Image.open(io.BytesIO(b)).convert("L"))
    with ThreadPoolExecutor(16) as pool: out = {s: torch.from_numpy(np.stack([np.stack(list(pool.map(one, raw[s, c]))) for c in [*contrasts, "lesion"]], 1)).to(dev) for s in index}
    if o.rehearse: out = {s: F.avg_pool2d(v[:32].float(), v.shape[-1] // o.size).round().to(torch.uint8) for s, v in out.items()}
    return out["train"], out["val"]


def augment(x):
    """uint8 [b, 3, h, w] (two contrasts, lesion) -> [-1, 1], and the lesion in [0, 1]: mirror, turn, scale, shift of both; gamma, gain, bias field, blur, noise of each as a source would vary."""
    b, _, h, w = x.shape; x = x.float() / 255; u = lambda *s: torch.rand(*s, device=dev) * 2 - 1
    r, s = u(b) * 0.17, torch.exp(u(b) * 0.12); flip = torch.where(torch.rand(b, device=dev) < 0.5, -1.0, 1.0); sh = u(b, 2) * 0.1
    m = torch.stack([torch.stack([r.cos() * flip / s, -r.sin() / s, sh[:, 0]], 1), torch.stack([r.sin() * flip / s, r.cos() / s, sh[:, 1]], 1)], 1)
    x = F.grid_sample(x, F.affine_grid(m, x.shape, align_corners=False), align_corners=False).clamp(0, 1); x, lesion = x[:, :2], x[:, 2:]
    field = F.interpolate(u(b, 2, 3, 3), size=(h, w), mode="bicubic", align_corners=True) * 0.12 * torch.rand(b, 1, 1, 1, device=dev)
    y = x ** torch.exp(u(b, 2, 1, 1) * 0.2) * torch.exp(u(b, 2, 1, 1) * 0.12 + field); k = 0.25 * torch.rand(b, 1, 1, 1, device=dev) * (torch.rand(b, 1, 1, 1, device=dev) < 0.3)
    y = (1 - k) * y + k * F.avg_pool2d(y, 3, 1, 1) + torch.randn_like(y) * 0.02 * torch.rand(b, 1, 1, 1, device=dev) * (torch.rand(b, 1, 1, 1, device=dev) < 0.5)
    return y.clamp(0, 1) * 2 - 1, x * 2 - 1, lesion          # as sources, as targets


def write(path, tensors, config):
    head, off = {"__metadata__": {"config": json.dumps(asdict(config)), "format": "pt"}}, 0; data = {k: v.detach().half().cpu().contiguous().numpy().tobytes() for k, v in tensors.items()}
    for k, b in data.items(): head[k] = {"dtype": "F16", "shape": list(tensors[k].shape), "data_offsets": [off, off + len(b)]}; off += len(b)
    h = json.dumps(head).encode(); h += b" " * (-len(h) % 8)
    with open(path + ".new", "wb") as f: f.write(struct.pack("<Q", len(h)) + h + b"".join(data.values()))
    os.replace(path + ".new", path)


def read(path):
    raw = open(path, "rb").read(); n = struct.unpack("<Q", raw[:8])[0]; h = json.loads(raw[8 : 8 + n]); h.pop("__metadata__", None)
    return {k: torch.from_numpy(np.frombuffer(raw[8 + n :][slice(*v["data_offsets"])], np.float16).reshape(v["shape"]).astype(np.float32)) for k, v in h.items()}


config = S.GeneratorConfig(image_size=o.size, num_channels_dae=o.nf, z_emb_dim=o.z_emb, ch_mult=(1, 1, 2, 2, 4) if o.size >= 256 else (1, 2, 4)); sched = S.Schedule(4, device=dev); place = lambda m: m.to(dev).to(memory_format=torch.channels_last)


def adam(m, lr, betas):
    try: return torch.optim.Adam(m.parameters(), lr=lr, betas=betas, fused=dev == "cuda")
    except Exception: return torch.optim.Adam(m.parameters(), lr=lr, betas=betas)


def denoise(g, x_next, source, t):
    with amp(): return g(torch.cat([x_next, source], 1), t, torch.randn(len(t), config.nz, device=dev))[:, :1].float()


@torch.no_grad()
def evaluate(name, names, ema, val, makes):
    i = torch.linspace(0, len(val) - 1, min(o.eval_slices, len(val))).long(); x = val[i.to(dev)].float() / 255 * 2 - 1; rows, out = [], {}
    for k in makes:
        g = place(S.DiffusiveGenerator(config)); g.load_state_dict(ema[k]); s, t = x[:, 1 - k : 2 - k], x[:, k : k + 1]; torch.manual_seed(0)
        def sample(c):
            with amp(): return sched.sample(lambda q, i, z: g(q, i, z), c, config.nz).float().clamp(-1, 1)
        y = torch.cat([sample(s[j : j + 16]) for j in range(0, len(s), 16)]); fg = s > -0.8; inside = F.max_pool2d((~fg).float(), 17, 1, 8) == 0
        q = lambda a, m: (-10 * torch.log10(((a - t) / 2).square().mul(m).flatten(1).sum(1) / m.float().flatten(1).sum(1).clamp(min=1) + 1e-9))[m.flatten(1).sum(1) > 50].mean().item()
        for m, mask in (("whole", torch.ones_like(fg)), ("foreground", fg), ("inside", inside)): out[f"{names[k]}_{m}"] = round(q(y, mask), 2); out[f"{names[k]}_{m}_copy"] = round(q(s, mask), 2)
        rows.append(torch.cat([torch.cat([s[n, 0], y[n, 0], t[n, 0]], 1) for n in range(1, len(x), max(1, len(x) // 5))][:5], 0))
    Image.fromarray(((torch.cat(rows, 1).float().cpu().clamp(-1, 1) + 1) * 127.5).numpy().astype(np.uint8)).save(f"{o.out}/{name}.png"); return out


def stage(name, contrasts, seconds, start, makes=(0, 1)):
    """The directions of `makes`; index k makes contrasts[k] of the other. Returns the EMA weights."""
    names = [f"{contrasts[1 - k]}-to-{contrasts[k]}" for k in (0, 1)]; train, val = load(name, contrasts); say(stage=name, train=len(train), val=len(val), device=torch.cuda.get_device_name() if dev == "cuda" else dev)
    G = [place(S.DiffusiveGenerator(config)) for _ in (0, 1)]; D = [place(S.DiffusiveDiscriminator(o.ngf, 256)) for _ in (0, 1)]
    for k in makes:
        if start and start[k]: G[k].load_state_dict(start[k]); say(started=names[k])
    ema = None; opt_g = [adam(g, o.lr, (0.9, 0.99)) for g in G]; opt_d = [adam(d, o.lr_d, (0.5, 0.9)) for d in D]; t0 = clock(); step, batch, adversarial, last, shown = 0, o.batch, False, t0, t0
    while clock() - t0 < seconds:
        part = (clock() - t0) / seconds; now = part > o.share_l1
        if now and not adversarial:
            adversarial = True; opt_g = [adam(g, o.lr_adv, (0.5, 0.9)) for g in G]; torch.manual_seed(o.seed + 1)
            for k in makes: write(f"{o.out}/{names[k]}.safetensors", ema[k], config)
            say(step=step, **evaluate(name, names, ema, val, makes)); continue
        q = part / o.share_l1 if not adversarial else (part - o.share_l1) / (1 - o.share_l1); lr = (o.lr_adv if adversarial else o.lr) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * q))) * min(1, (step + 1) / 100)
        for k in makes:
            for g in opt_g[k].param_groups: g["lr"] = lr
        try:
            src, tgt, lesion = augment(train[torch.randint(len(train), (batch,), device=dev)]); row = {}
            for k in makes:
                y, x = src[:, 1 - k : 2 - k], tgt[:, k : k + 1]; t = torch.randint(4, (batch,), device=dev); x_t, x_next = sched.q_sample_pairs(x, t)
                x0 = denoise(G[k], x_next, y, t); m = 1 + 2 * (x > -0.8).float() + o.lesion_weight * (lesion > 0.5); l1 = ((x0 - x).abs() * m).sum() / m.sum(); loss = l1; row["l1_" + names[k]] = l1.detach()
                if adversarial:
                    fake = sched.sample_posterior(x0, x_next, t); opt_d[k].zero_grad(set_to_none=True)
                    if step % o.lazy == 0:
                        h = max(4, batch // 4); xr = x_t[:h].detach().requires_grad_(True); d = D[k](xr, t[:h], x_next[:h]); g = torch.autograd.grad(d.sum(), xr, create_graph=True)[0]
                        (o.r1 / 2 * g.flatten(1).square().sum(1).mean()).backward()
                    with amp(): real = sp(-D[k](x_t, t, x_next).float()).mean()
                    real.backward()
                    with amp(): made = sp(D[k](fake.detach(), t, x_next).float()).mean()
                    made.backward(); opt_d[k].step(); row["d_" + names[k]] = (real + made).detach()
                    for w in D[k].parameters(): w.requires_grad_(False)
                    with amp(): adv = sp(-D[k](fake, t, x_next).float()).mean()
                    loss = o.l1 * l1 + adv; row["adv_" + names[k]] = adv.detach()
                opt_g[k].zero_grad(set_to_none=True); loss.backward(); n = torch.nn.utils.clip_grad_norm_(G[k].parameters(), 1.0 if not adversarial else 10.0)
                if torch.isfinite(n): opt_g[k].step()
                for w in D[k].parameters(): w.requires_grad_(True)
        except torch.cuda.OutOfMemoryError if hasattr(torch.cuda, "OutOfMemoryError") else MemoryError:
            batch //= 2; torch.cuda.empty_cache(); say(out_of_memory=True, batch=batch)
            if batch < 1: raise
            continue
        step += 1
        with torch.no_grad():
            now_w = [[v for v in g.state_dict().values()] for g in G]
            if ema is None: ema = [{k: v.detach().clone() for k, v in g.state_dict().items()} for g in G]
            d = min(o.ema, step / (step + 20))
            for k in makes: torch._foreach_mul_(list(ema[k].values()), d); torch._foreach_add_(list(ema[k].values()), now_w[k], alpha=1 - d)
        if step in (5, 20) or clock() - shown > 15: say(stage=name, step=step, slices=step * batch, slices_per_s=step * batch / (clock() - t0), lr=lr, **row); shown = clock()
        if clock() - last > 90:
            for k in makes: write(f"{o.out}/{names[k]}.safetensors", ema[k], config)
            last = clock()
    if ema is None: say(stage=name, skipped="no time left"); return start
    for k in makes: write(f"{o.out}/{names[k]}.safetensors", ema[k], config)
    say(stage=name, done=step, slices=step * batch, **evaluate(name, names, ema, val, makes)); return ema


def started(names):
    path = lambda n: f"{o.start}/{n}.safetensors"
    return [read(path(n)) if o.start and os.path.exists(path(n)) else None for n in names]


spare = 25 if dev == "cuda" else 15; first = None; stages = [("t1-flair", ["T1w", "FLAIR"], (0, 1), 0.47), ("t1-t2", ["T1w", "T2w"], (0, 1), 0.33), ("mr-ct", ["T1w", "CT"], (1,), 0.2)]
for name, contrasts, makes, share in stages:
    if o.only and name != o.only: continue
    left = o.seconds - spare; seconds = left - clock() if o.only or name == stages[-1][0] else left * share - 5
    try:
        begin = started([f"{contrasts[1 - k]}-to-{contrasts[k]}" for k in (0, 1)])
        if not any(begin) and first: begin = first          # T2w and CT begin as what makes FLAIR of T1w, T1w of T2w as what makes it of FLAIR
        ema = stage(name, contrasts, seconds, begin, makes); first = first or ema
    except Exception: traceback.print_exc(); say(failed=name, why=traceback.format_exc()[-300:])
say(total=True)
