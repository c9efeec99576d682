"""Weights without a GPU: the paired, non-adversarial variant of SynDiff, one direction, on a CPU, resumable at any moment.

nice -n 19 python3 train_cpu.py --pack PACK --source T1w --target FLAIR --out DIR [--minutes 150] [--start CHECKPOINT]

Runs beside other work at the lowest priority. First by L1 on random 128x128 crops (a fifth of the cost), then on whole slices, then, if --samples-adv
asks for it, with the diffusive discriminator on crops (R1, lazy; L1 weighted 20), which sharpens; OUT/gen-l1.pth keeps what was before it. Every --save-minutes it
writes OUT/checkpoint.pt (weights, moments, averages, iteration), OUT/gen.pth (EMA weights as the authors' code saves them), OUT/preview.png and a
line of OUT/log.jsonl with validation scores (EMA, four reverse steps). Started again with the same OUT it goes on where it was.
Works with torch 1.13 (Debian: python3-torch python3-numpy python3-pil) and 2.
"""
import argparse, glob, io, json, lzma, math, os, shutil, time, zipfile
from dataclasses import asdict
import signal
import numpy as np, torch, torch.nn.functional as F
import syndiff_torch as S

p = argparse.ArgumentParser()
for k, v in dict(minutes=150.0, nf=16, lr=5e-4, samples_crop=30000, samples_whole=30000, batch_crop=8, batch_whole=2, save_minutes=15.0, eval_slices=40, seed=1, lesion_weight=6.0, lesion_slices=1.0, samples_adv=0, batch_adv=4, lr_adv=1e-4, lr_d=1.5e-4, l1=20.0, r1=1.0, lazy=10, ngf=16, ema=0.999, threads=2).items():
    p.add_argument("--" + k.replace("_", "-"), type=type(v), default=v)
p.add_argument("--mult", type=int, nargs="+", default=[1, 2, 4, 8, 8]); p.add_argument("--res-blocks", type=int, default=1); p.add_argument("--z-emb", type=int, default=64)
p.add_argument("--pack", required=True); p.add_argument("--source", default="T1w"); p.add_argument("--target", default="FLAIR"); p.add_argument("--out", required=True); p.add_argument("--start"); p.add_argument("--finish", help="file to write when all samples are seen")
o = p.parse_args(); os.makedirs(o.out, exist_ok=True); torch.set_num_threads(o.threads); began = time.time()


# The two FIR resamplings as sums of shifted slices: the same numbers as syndiff_torch.fir, without multiplying inserted zeros.
def shift_sum_down(x, d):
    n = x.shape[d]; pad = [0, 0, 0, 0]; pad[(3 - d) * 2] = pad[(3 - d) * 2 + 1] = 1
    x = F.pad(x, pad); take = (lambda i: x[:, :, i : i + n : 2]) if d == 2 else (lambda i: x[:, :, :, i : i + n : 2])
    return (take(0) + 3 * take(1) + 3 * take(2) + take(3)) / 8


def shift_sum_up(x, d):
    n = x.shape[d]; pad = [0, 0, 0, 0]; pad[(3 - d) * 2] = pad[(3 - d) * 2 + 1] = 1
    q = F.pad(x, pad); a, b, c = q.narrow(d, 0, n), q.narrow(d, 1, n), q.narrow(d, 2, n)
    even, odd = (a + 3 * b) / 4, (3 * b + c) / 4
    return torch.stack([even, odd], d + 1).flatten(d, d + 1)


S.fir_down = lambda x: shift_sum_down(shift_sum_down(x, 2), 3)
S.fir_up = lambda x: shift_sum_up(shift_sum_up(x, 2), 3)


def load(split):
    """A zip of pack_webp.py or a folder of pack.py: uint8 [n, 3, 256, 256] (source, target, lesion: 255 where an expert marked one) and whose slice each is."""
    if o.pack.endswith(".zip"):
        from PIL import Image
        with zipfile.ZipFile(o.pack) as z:
            names = set(z.namelist()); who = json.loads(z.read("index.json"))[split]; none = np.zeros((256, 256), np.uint8); one = lambda n: np.asarray(Image.open(io.BytesIO(z.read(n))).convert("L")) if n in names else none
            return torch.from_numpy(np.stack([[one(f"{split}/{o.source}/{n}.webp"), one(f"{split}/{o.target}/{n}.webp"), one(f"{split}/lesion/{n}.png")] for n in range(len(who))])), np.array(who)
    parts = [np.load(io.BytesIO(lzma.open(f).read())) for f in sorted(glob.glob(f"{o.pack}/{split}.*.npz.xz"))]
    x = [np.concatenate([q[c] for q in parts]) for c in (o.source, o.target)]
    return torch.from_numpy(np.stack([*x, np.zeros_like(x[0])], 1)), np.concatenate([q["subject"] for q in parts])


(train, subject), (val, _) = load("train"), load("val")
# Every subject the same say, whatever its number of slices, but for the square root: few-slice subjects are not repeated too often.
count = {s: (subject == s).sum() for s in set(subject.tolist())}; weight = torch.tensor([count[s] ** -0.5 for s in subject.tolist()]) * torch.where(train[:, 2].flatten(1).amax(1) > 127, o.lesion_slices, 1.0)      # slices with a lesion more often


def augment(x, size):
    """uint8 [b, 3, 256, 256] -> source, target in [-1, 1] and lesion in [0, 1], each [b, 1, size, size]: mirror, turn, scale, shift (both alike); gain, gamma, bias field, blur and noise of the source."""
    b, n = len(x), x.shape[-1]; x = x.float() / 255; u = lambda *s: torch.rand(*s) * 2 - 1
    r, s = u(b) * 0.17, torch.exp(u(b) * 0.12); flip = torch.where(torch.rand(b) < 0.5, -1.0, 1.0)
    f = size / n; room = (1 - f) * 0.8; sh = u(b, 2) * (room + 0.08)
    m = torch.stack([torch.stack([r.cos() * flip / s * f, -r.sin() / s * f, sh[:, 0]], 1), torch.stack([r.sin() * flip / s * f, r.cos() / s * f, sh[:, 1]], 1)], 1)
    x = F.grid_sample(x, F.affine_grid(m, (b, 2, size, size), align_corners=False), align_corners=False)
    y, t, lesion = x[:, :1], x[:, 1:2], x[:, 2:]
    if torch.rand(1) < 0.3: w = 0.25 * torch.rand(1); y = (1 - w) * y + w * F.avg_pool2d(y, 3, 1, 1)
    field = F.interpolate(u(b, 1, 3, 3), size=(size, size), mode="bicubic", align_corners=True) * 0.12 * torch.rand(b, 1, 1, 1)
    y = y.clamp(min=0) ** torch.exp(u(b, 1, 1, 1) * 0.2) * torch.exp(u(b, 1, 1, 1) * 0.12 + field) + torch.randn_like(y) * 0.02 * torch.rand(b, 1, 1, 1) * (torch.rand(b, 1, 1, 1) < 0.5)
    return y.clamp(0, 1) * 2 - 1, t.clamp(0, 1) * 2 - 1, lesion


config = S.GeneratorConfig(image_size=256, num_channels_dae=o.nf, ch_mult=tuple(o.mult), num_res_blocks=o.res_blocks, z_emb_dim=o.z_emb)
torch.manual_seed(o.seed); G = S.DiffusiveGenerator(config); sched = S.Schedule(4); opt = torch.optim.Adam(G.parameters(), lr=o.lr, betas=(0.9, 0.999)); ema, step, seen = None, 0, 0
D = opt_d = None; sp = F.softplus


def begin_adversarial():
    """The discriminator, and new moments for the generator."""
    global D, opt_d, opt
    torch.manual_seed(o.seed + 1); D = S.DiffusiveDiscriminator(o.ngf, 256); opt_d = torch.optim.Adam(D.parameters(), lr=o.lr_d, betas=(0.5, 0.9)); opt = torch.optim.Adam(G.parameters(), lr=o.lr_adv, betas=(0.5, 0.9))


def adversarial_term(x0, x_t, x_next, t):
    """One step of the discriminator, then what the generator pays for being told apart."""
    fake = sched.sample_posterior(x0, x_next, t); opt_d.zero_grad(set_to_none=True)
    if step % o.lazy == 0:
        xr = x_t.detach().requires_grad_(True); g = torch.autograd.grad(D(xr, t, x_next).sum(), xr, create_graph=True)[0]; (o.r1 / 2 * g.flatten(1).square().sum(1).mean()).backward()
    (sp(-D(x_t, t, x_next)).mean() + sp(D(fake.detach(), t, x_next)).mean()).backward(); opt_d.step()
    for w in D.parameters(): w.requires_grad_(False)
    adv = sp(-D(fake, t, x_next)).mean()
    for w in D.parameters(): w.requires_grad_(True)
    return adv


path = f"{o.out}/checkpoint.pt"
if os.path.exists(path):
    c = torch.load(path); G.load_state_dict(c["weights"])
    if c.get("discriminator"): begin_adversarial(); D.load_state_dict(c["discriminator"]); opt_d.load_state_dict(c["optimiser_d"])
    opt.load_state_dict(c["optimiser"]); ema, step, seen = c["ema"], c["step"], c["seen"]; torch.set_rng_state(c["random"]); print("going on at", seen, "slices")
elif o.start:
    c = torch.load(o.start); G.load_state_dict({k.removeprefix("module."): v.float() for k, v in c.get("ema", c).items()}); print("started from", o.start)


@torch.no_grad()
def evaluate():
    keep = {k: v.clone() for k, v in G.state_dict().items()}; G.load_state_dict(ema); st = torch.random.get_rng_state(); torch.manual_seed(0)
    i = torch.linspace(0, len(val) - 1, min(o.eval_slices, len(val))).long(); x = val[i, :2].float() / 255 * 2 - 1; s, t, lesion = x[:, :1], x[:, 1:], val[i, 2:] > 127
    y = torch.cat([sched.sample(G, s[j : j + 4], config.nz).clamp(-1, 1) for j in range(0, len(s), 4)])
    fg = (t > -0.8) & (s > -0.8); inside = F.max_pool2d((~fg).float(), 17, 1, 8) == 0; e = lambda a, m: (-10 * torch.log10(((a - t) / 2).square().mul(m).flatten(1).sum(1) / m.float().flatten(1).sum(1).clamp(min=1) + 1e-9))[m.flatten(1).sum(1) > 500].mean().item()
    out = {f"{n}_{q}": round(e(a, m), 2) for q, m in (("whole", torch.ones_like(fg)), ("foreground", fg), ("inside", inside)) for n, a in (("model", y), ("copy", s))}
    if lesion.any():           # lesion / other tissue inside the head, less 1: the share of the real contrast that the model keeps
        u = lambda a: (a + 1) / 2; some = lesion & inside; rest = inside & fg & ~lesion; contrast = lambda a: (u(a)[some].mean() / u(a)[rest.expand_as(a) & some.flatten(1).any(1)[:, None, None, None]].mean() - 1).item()
        if some.any(): out.update(lesion_real=round(contrast(t), 3), lesion_model=round(contrast(y), 3), lesion_copy=round(contrast(s), 3))
    torch.random.set_rng_state(st); G.load_state_dict(keep)
    from PIL import Image
    rows = [torch.cat([s[n, 0], y[n, 0], t[n, 0], (y - t).abs()[n, 0] * 1 - 1], 1) for n in range(2, len(x), max(1, len(x) // 6))][:6]
    Image.fromarray(((torch.cat(rows, 0).clamp(-1, 1) + 1) * 127.5).numpy().astype(np.uint8)).save(o.out + "/preview.png")
    return out


def save():
    scores = evaluate(); torch.save({"weights": G.state_dict(), "optimiser": opt.state_dict(), "ema": ema, "step": step, "seen": seen, "random": torch.get_rng_state(), "config": asdict(config), **({"discriminator": D.state_dict(), "optimiser_d": opt_d.state_dict()} if D else {})}, path + ".new"); os.replace(path + ".new", path)
    torch.save({"module." + k: v for k, v in ema.items()}, o.out + ("/gen.pth" if D or not o.samples_adv else "/gen-l1.pth"))
    if not D and o.samples_adv: shutil.copy(o.out + "/gen-l1.pth", o.out + "/gen.pth")
    line = json.dumps({"step": step, "seen": seen, "minutes": round((time.time() - began) / 60, 1), **scores}); print(line, flush=True); open(o.out + "/log.jsonl", "a").write(line + "\n")


stop = []; signal.signal(signal.SIGTERM, lambda *_: stop.append(1))          # kill PID: saves, then ends
print("slices", len(train), len(val), "parameters", sum(q.numel() for q in G.parameters()), flush=True); by_l1 = o.samples_crop + o.samples_whole; total = by_l1 + o.samples_adv; saved = time.time(); run_loss = []
while (time.time() - began) / 60 < o.minutes and seen < total and not stop:
    if seen >= by_l1 and not D:
        if ema: save()
        begin_adversarial()
    crop = seen < o.samples_crop or D is not None; b, size = (o.batch_adv if D else o.batch_crop, 128) if crop else (o.batch_whole, 256)
    fall = 0.5 * (1 + math.cos(math.pi * min(1, (seen - by_l1) / o.samples_adv if D else seen / by_l1)))
    for g in opt.param_groups: g["lr"] = o.lr_adv * (0.1 + 0.9 * fall) if D else (1e-5 + (o.lr - 1e-5) * fall) * min(1, (step + 1) / 300) * (1 if crop else 0.7)
    i = torch.multinomial(weight, b * 2 if crop else b, replacement=True); y, x, lesion = augment(train[i], size)
    if crop: keep = torch.argsort((x > -0.8).float().mean((1, 2, 3)).clamp(max=0.3), descending=True)[:b]; y, x, lesion = y[keep], x[keep], lesion[keep]      # the half with more head in it
    t = torch.randint(4, (b,)); x_t, x_next = sched.q_sample_pairs(x, t); x0 = G(torch.cat([x_next, y], 1), t, torch.randn(b, config.nz))[:, :1]
    m = 1 + 2 * (x > -0.8).float() + o.lesion_weight * (lesion > 0.5); loss = ((x0 - x).abs() * m).sum() / m.sum(); run_loss.append(loss.item())
    if D: loss = o.l1 * loss + adversarial_term(x0, x_t, x_next, t)
    opt.zero_grad(set_to_none=True); loss.backward(); torch.nn.utils.clip_grad_norm_(G.parameters(), 10.0 if D else 1.0); opt.step(); step += 1; seen += b
    with torch.no_grad():
        if ema is None: ema = {k: v.detach().clone() for k, v in G.state_dict().items()}
        d = min(o.ema, step / (step + 20))
        torch._foreach_mul_(list(ema.values()), d); torch._foreach_add_(list(ema.values()), list(G.state_dict().values()), alpha=1 - d)
    if step % 100 == 0: print(step, seen, "loss %.4f" % np.mean(run_loss[-100:]), "s/slice %.3f" % ((time.time() - began) / max(1, len(run_loss)) / b), flush=True)
    if time.time() - saved > o.save_minutes * 60: save(); saved = time.time()
save()
if o.finish and seen >= total: open(o.finish, "w").close()
