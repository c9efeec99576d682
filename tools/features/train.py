"""python3 train.py --t1-flair t1-flair.zip --t1-t2 t1-t2.zip --out FOLDER [--epochs 10] [--seed 1]

FD-brain, the feature network of FD-brain and KID-brain: five convolutions, trained to tell contrast and slice height, with blur and noise as
augmentation. Writes FOLDER/weights.safetensors (float16) and FOLDER/card.json (what it is, scores on the val patients, sha256).
The packs are those of tools/pretrain. Only patients whose licence lets weights be passed on are taken: of TCGA-LGG (CC BY-NC-SA 4.0) and of
open_ms_data (CC BY). Needs torch (1.13 will do), numpy and pillow; some minutes on one core.
"""
import argparse, hashlib, io, json, math, os, re, struct, time, zipfile
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from PIL import Image

p = argparse.ArgumentParser()
p.add_argument("--t1-flair", required=True); p.add_argument("--t1-t2", required=True); p.add_argument("--out", required=True)
p.add_argument("--epochs", type=int, default=10); p.add_argument("--batch", type=int, default=48); p.add_argument("--lr", type=float, default=2e-3); p.add_argument("--seed", type=int, default=1)
o = p.parse_args(); os.makedirs(o.out, exist_ok=True); torch.set_num_threads(1); torch.manual_seed(o.seed); began = time.time()

CONTRASTS = ["T1w", "T2w", "FLAIR"]; WIDTHS = [16, 32, 64, 128, 128]; SIDE = 128; SCALE = 10.0
TCGA, OPENMS = re.compile(r"sub-(CS|DU|FG|HT)[0-9A-Z]{4}$"), re.compile(r"sub-openms")


def load(split):
    """uint8 [n, 128, 128] (2 x 2 means), contrast [n], height [n] in (0, 1) from the lowest slice of the head to the highest, subjects."""
    images, contrast, height, subjects = [], [], [], []
    for path, names in ((o.t1_flair, ["T1w", "FLAIR"]), (o.t1_t2, ["T2w"])):
        with zipfile.ZipFile(path) as z:
            who = json.loads(z.read("index.json"))[split]
            for n, subject in enumerate(who):
                if not (TCGA.match(subject) or OPENMS.match(subject)): continue
                at = (n - who.index(subject) + 0.5) / who.count(subject)
                for name in names:
                    x = np.asarray(Image.open(io.BytesIO(z.read(f"{split}/{name}/{n}.webp"))).convert("L")).astype(np.float32)
                    images.append(np.round(x.reshape(SIDE, 2, SIDE, 2).mean((1, 3))).astype(np.uint8)); contrast.append(CONTRASTS.index(name)); height.append(at); subjects.append(subject)
    return torch.from_numpy(np.stack(images)), torch.tensor(contrast), torch.tensor(height), np.array(subjects)


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(i, c, 3, 2, 1, bias=False) for i, c in zip([1] + WIDTHS, WIDTHS))
        self.contrast = nn.Linear(WIDTHS[-1], len(CONTRASTS)); self.height = nn.Linear(WIDTHS[-1], 1)

    def forward(self, x):
        for conv in self.convs: x = F.relu(F.instance_norm(conv(x), eps=1e-5))
        return x.mean((2, 3))

    def heads(self, y):
        # A mean after norm and ReLU is 0.4 and hardly moves: by this the heads learn from the start. `fold` puts it into their weights.
        y = SCALE * (y - 0.4); return self.contrast(y), self.height(y)[:, 0]

    def fold(self):
        with torch.no_grad():
            for head in (self.contrast, self.height): head.weight *= SCALE; head.bias -= 0.4 * head.weight.sum(1)


def blur(x, sigma):
    """Gaussian, separable; sigma in pixels, one for the batch."""
    r = max(1, math.ceil(3 * sigma)); k = torch.exp(-0.5 * (torch.arange(-r, r + 1) / sigma) ** 2); k = k / k.sum()
    return F.conv2d(F.conv2d(F.pad(x, (r, r, r, r), mode="replicate"), k[None, None, None]), k[None, None, :, None])


def augment(x):
    """uint8 [b, 128, 128] -> [b, 1, 128, 128] in [-1, 1]: mirror, turn, scale, shift, gamma; half of the batches blurred, half of the images with Rician noise."""
    b = len(x); x = x[:, None].float() / 255; u = lambda *s: torch.rand(*s) * 2 - 1
    r, s, flip = u(b) * 0.12, torch.exp(u(b) * 0.1), torch.where(torch.rand(b) < 0.5, -1.0, 1.0)
    m = torch.stack([torch.stack([r.cos() * flip / s, -r.sin() / s, u(b) * 0.06], 1), torch.stack([r.sin() * flip / s, r.cos() / s, u(b) * 0.06], 1)], 1)
    x = F.grid_sample(x, F.affine_grid(m, (b, 1, SIDE, SIDE), align_corners=False), align_corners=False).clamp(0, 1)
    x = x ** torch.exp(u(b, 1, 1, 1) * 0.2)
    if torch.rand(1) < 0.5: x = blur(x, 0.3 + 1.2 * float(torch.rand(1)))
    sd = torch.where(torch.rand(b, 1, 1, 1) < 0.5, 0.08 * torch.rand(b, 1, 1, 1), torch.zeros(1))
    return torch.hypot(x + sd * torch.randn_like(x), sd * torch.randn_like(x)).clamp(0, 1) * 2 - 1


@torch.no_grad()
def scores(net, heads, images, contrast, height):
    y = [net(x[:, None].float() / 127.5 - 1) for x in images.split(64)]; y = torch.cat(y)
    logits, at = heads(y); right = logits.argmax(1) == contrast; error = (at - height).abs()
    return {"contrastAccuracy": right.float().mean().item(), "contrastAccuracyOf": {c: right[contrast == i].float().mean().item() for i, c in enumerate(CONTRASTS)}, "heightError": error.mean().item(), "slices": len(images)}


train, val = load("train"), load("val")
images, contrast, height, subjects = train; n = len(images)
print({c: int((contrast == i).sum()) for i, c in enumerate(CONTRASTS)}, "train", len(set(subjects)), "patients; val", len(val[0]), "slices of", len(set(val[3])), flush=True)
weight = 1 / torch.bincount(contrast)[contrast].float()      # contrasts alike, though T2w has few patients
net = Features(); steps = o.epochs * n // o.batch
adam = torch.optim.Adam(net.parameters(), lr=o.lr); rate = torch.optim.lr_scheduler.LambdaLR(adam, lambda s: min(1, s / 100) * 0.5 * (1 + math.cos(math.pi * s / steps)))
for step in range(steps):
    pick = torch.multinomial(weight, o.batch, replacement=True); y = net(augment(images[pick]))
    logits, at = net.heads(y); loss = F.cross_entropy(logits, contrast[pick]) + 4 * F.smooth_l1_loss(at, height[pick], beta=0.1)
    adam.zero_grad(); loss.backward(); adam.step(); rate.step()
    if (step + 1) % 100 == 0 or step + 1 == steps: print(step + 1, "of", steps, round(loss.item(), 4), {k: v for k, v in scores(net, net.heads, *val[:3]).items() if k != "slices"}, round(time.time() - began), "s", flush=True)

net.fold(); state = {k: v.half() for k, v in net.state_dict().items()}
net.load_state_dict({k: v.float() for k, v in state.items()})      # what is scored is what is written
header, at = {"__metadata__": {"contrasts": ",".join(CONTRASTS)}}, 0
for k, v in state.items(): header[k] = {"dtype": "F16", "shape": list(v.shape), "data_offsets": [at, at + 2 * v.numel()]}; at += 2 * v.numel()
text = json.dumps(header).encode(); text += b" " * (-len(text) % 8)
data = struct.pack("<Q", len(text)) + text + b"".join(v.numpy().tobytes() for v in state.values()); open(f"{o.out}/weights.safetensors", "wb").write(data)
rounded = lambda x: {k: rounded(v) for k, v in x.items()} if isinstance(x, dict) else round(x, 4)
card = {
    "id": "fd-brain", "version": "1.0.0", "name": "FD-brain",
    "what": "Feature network of FD-brain and KID-brain: 1 x 128 x 128 in [-1, 1], five convolutions 3 x 3 of stride 2 (16, 32, 64, 128, 128 channels), instance norm, ReLU, global average, 128 features. Not the FID: its numbers compare with each other alone.",
    "contrasts": CONTRASTS,
    "weights": {"file": "weights.safetensors", "dtype": "f16", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
    "training": {
        "task": "contrast (cross entropy) and height of the slice in the head, 0 at the lowest and 1 at the highest slice (smooth L1); mirrored, turned, scaled, shifted, gamma, blurred (sigma up to 1.5 of the 128 pixels), Rician noise (up to 0.08 of the range)",
        "data": f"train patients of tcga-lgg (74; T1w, FLAIR; Buda, Saha, Mazurowski 2019 from TCIA's TCGA-LGG) and of open_ms_data (openms-long and brain-t1-t2-flair, 5 visits; T1w, T2w, FLAIR; Lesjak et al., Neuroinformatics 2017): {n} slices. T2w is of 4 visits of 3 patients alone",
        "samples": steps * o.batch, "seed": o.seed, "seconds": round(time.time() - began),
    },
    "licence": "CC BY-NC-SA 4.0",
    "validation": {"data": "val patients of tcga-lgg (8) and open_ms_data (2), none of whom was trained on", **rounded(scores(net, lambda y: (net.contrast(y), net.height(y)[:, 0]), *val[:3]))},
}
open(f"{o.out}/card.json", "w").write(json.dumps(card, indent=2) + "\n"); print(json.dumps(card["validation"]), len(data), "bytes")
