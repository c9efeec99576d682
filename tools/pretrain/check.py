"""python3 check.py [GOLDEN_DIR]: holds syndiff_torch against the golden numbers; exit 1 if one is off by more than 1e-4."""
import json, os, struct, sys
import torch
import syndiff_torch as S
D = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SYNDIFF_GOLDEN", "golden")
KIND = {"F32": torch.float32, "I64": torch.int64}
def load(name):
    raw = open(f"{D}/{name}.safetensors", "rb").read(); n = struct.unpack("<Q", raw[:8])[0]; h = json.loads(raw[8 : 8 + n]); body = bytearray(raw[8 + n :]); meta = h.pop("__metadata__", {})
    return {k: torch.frombuffer(body[slice(*v["data_offsets"])], dtype=KIND[v["dtype"]]).view(v["shape"]).clone() if v["data_offsets"][0] != v["data_offsets"][1] else torch.zeros(v["shape"]) for k, v in h.items()}, {k: json.loads(v) if v[:1] in "{[" else v for k, v in meta.items()}
bad = 0
def compare(name, got, want, tol=1e-4):
    global bad
    e = ((got - want).abs().max() / want.abs().max()).item(); bad += not e <= tol; print(f"{'ok ' if e <= tol else 'OFF'} {name}: {e:.1e}")
def params(t, prefix="param."): return {k[len(prefix):]: v for k, v in t.items() if k.startswith(prefix)}
with torch.no_grad():
    s = json.load(open(D + "/schedule.json"))["T4_vp"]; m = S.Schedule(4)
    for mine, theirs in (("a", "a_s"), ("sigma", "sigmas"), ("a_cum", "a_s_cum"), ("sigma_cum", "sigmas_cum"), ("c1", "posterior_mean_coef1"), ("c2", "posterior_mean_coef2")): compare("schedule " + mine, getattr(m, mine), torch.tensor(s[theirs]), 1e-6)
    t, _ = load("resampling"); compare("fir up", S.fir_up(t["x"]), t["upsample_2d"]); compare("fir down", S.fir_down(t["x"]), t["downsample_2d"])
    for name in ("net_ncsnpp_small", "net_ncsnpp_six_levels"):
        t, meta = load(name); c = meta["config"]; g = S.DiffusiveGenerator(S.GeneratorConfig(**{k: c[k] for k in S.GeneratorConfig.__dataclass_fields__})); g.load_state_dict(params(t)); compare(name, g(t["in.x"], t["in.t"], t["in.z"]), t["out"])
    t, _ = load("net_resnet_generator"); g = S.ResnetGenerator(16); g.load_state_dict(params(t)); compare("resnet generator", g(t["in.x"]), t["out"])
    t, _ = load("net_patch_discriminator"); g = S.PatchDiscriminator(16); g.load_state_dict(params(t)); compare("patch discriminator", g(t["in.x"]), t["out"])
    t, _ = load("net_diffusive_discriminator_large"); g = S.DiffusiveDiscriminator(8, 32); g.load_state_dict(params(t)); compare("diffusive discriminator", g(t["in.x"], t["in.t"], t["in.x_t"]), t["out"].view(-1))
sys.exit(bad > 0)
