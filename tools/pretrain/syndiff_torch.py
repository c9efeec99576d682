"""SynDiff's networks and diffusion in PyTorch, written from the paper (docs/ARCHITECTURE.md); parameter names are the authors', so checkpoints interchange.

Layout [b, c, h, w]; images in [-1, 1]. `check.py` holds every part against a folder of reference numbers.
"""
import math
from dataclasses import dataclass, field, asdict
import torch
import torch.nn as nn
import torch.nn.functional as F

if not hasattr(F, "scaled_dot_product_attention"):  # PyTorch 1
    F.scaled_dot_product_attention = lambda q, k, v: torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1) @ v


# ---------------------------------------------------------------- diffusion
class Schedule:
    """Both coefficient tables (paper eq. 10, 14), float64 then float32; `a`, `sigma`, `a_cum`, `sigma_cum` have n+1 entries, the posterior's n."""

    def __init__(self, n=4, beta_min=0.1, beta_max=20.0, device="cpu"):
        t = torch.arange(n + 1, dtype=torch.float64) / n * (1 - 1e-3) + 1e-3
        alpha_bar = torch.exp(2 * (-0.25 * t**2 * (beta_max - beta_min) - 0.5 * t * beta_min))
        beta = torch.cat([torch.tensor([1e-8], dtype=torch.float64), 1 - alpha_bar[1:] / alpha_bar[:-1]]).float()
        self.n = n
        self.a, self.sigma = torch.sqrt(1 - beta), torch.sqrt(beta)
        self.a_cum = torch.cumprod(self.a, 0)
        self.sigma_cum = torch.sqrt(1 - self.a_cum**2)
        beta = beta[1:]
        alpha = 1 - beta
        alpha_cum = torch.cumprod(alpha, 0)
        prev = torch.cat([torch.ones(1), alpha_cum[:-1]])
        self.c1 = beta * torch.sqrt(prev) / (1 - alpha_cum)
        self.c2 = (1 - prev) * torch.sqrt(alpha) / (1 - alpha_cum)
        self.std = torch.exp(0.5 * torch.log((beta * (1 - prev) / (1 - alpha_cum)).clamp(min=1e-20)))
        for k, v in vars(self).items():
            if torch.is_tensor(v):
                setattr(self, k, v.to(device))

    @staticmethod
    def at(table, t):
        return table[t].view(-1, 1, 1, 1)

    def q_sample_pairs(self, x0, t, noise=None, noise2=None):
        noise = torch.randn_like(x0) if noise is None else noise
        noise2 = torch.randn_like(x0) if noise2 is None else noise2
        x_t = self.at(self.a_cum, t) * x0 + self.at(self.sigma_cum, t) * noise
        return x_t, self.at(self.a, t + 1) * x_t + self.at(self.sigma, t + 1) * noise2

    def sample_posterior(self, x0, x_t, t, noise=None):
        noise = torch.randn_like(x_t) if noise is None else noise
        return self.at(self.c1, t) * x0 + self.at(self.c2, t) * x_t + (t > 0).float().view(-1, 1, 1, 1) * self.at(self.std, t) * noise

    @torch.no_grad()
    def sample(self, generator, source, latent=100, noise=None):
        """The reverse chain: source [b,1,h,w] -> target contrast [b,1,h,w]."""
        x = torch.randn_like(source) if noise is None else noise
        for i in reversed(range(self.n)):
            t = torch.full((len(x),), i, dtype=torch.long, device=x.device)
            x0 = generator(torch.cat([x, source], 1), t, torch.randn(len(x), latent, device=x.device))[:, :1].float()
            x = self.sample_posterior(x0, x, t)
        return x


# ---------------------------------------------------------------- layers
def variance_scaling(weight, scale=1.0):
    """DDPM initialisation: uniform, fan average."""
    receptive = weight[0][0].numel() if weight.dim() > 2 else 1
    fan = (weight.shape[0] + weight.shape[1]) * receptive / 2
    bound = math.sqrt(3 * max(scale, 1e-10) / fan)
    return nn.init.uniform_(weight, -bound, bound)


def conv(cin, cout, k=3, scale=1.0, bias=True):
    m = nn.Conv2d(cin, cout, k, padding=k // 2, bias=bias)
    variance_scaling(m.weight, scale)
    if bias:
        nn.init.zeros_(m.bias)
    return m


def dense(cin, cout):
    m = nn.Linear(cin, cout)
    variance_scaling(m.weight)
    nn.init.zeros_(m.bias)
    return m


def fir(x, up=1, down=1, pad=(0, 0), gain=1.0):
    """Separable [1,3,3,1]/8 filter after zero insertion (up), before decimation (down); zero padding."""
    b, c, h, w = x.shape
    k1 = torch.tensor([1.0, 3.0, 3.0, 1.0], device=x.device, dtype=x.dtype) / 8
    k = (k1[:, None] * k1[None, :] * gain)[None, None].expand(c, 1, 4, 4)
    if up == 2:
        x = F.pad(x.reshape(b, c, h, 1, w, 1), (0, 1, 0, 0, 0, 1)).reshape(b, c, h * 2, w * 2)
    return F.conv2d(F.pad(x, (pad[0], pad[1], pad[0], pad[1])), k, stride=down, groups=c)


def fir_up(x):
    return fir(x, up=2, pad=(2, 1), gain=4.0)


def fir_down(x):
    return fir(x, down=2, pad=(1, 1))


def time_embedding(t, dim):
    half = dim // 2
    f = torch.exp(torch.arange(half, device=t.device, dtype=torch.float32) * -(math.log(10000) / (half - 1)))
    a = t.float()[:, None] * f[None]
    e = torch.cat([a.sin(), a.cos()], 1)
    return F.pad(e, (0, 1)) if dim % 2 else e


class AdaGN(nn.Module):
    def __init__(self, channels, style_dim):
        super().__init__()
        self.groups = min(channels // 4, 32)
        self.style = dense(style_dim, channels * 2)
        nn.init.ones_(self.style.bias[:channels].data)

    def forward(self, x, z):
        gamma, beta = self.style(z)[:, :, None, None].chunk(2, 1)
        return gamma * F.group_norm(x, self.groups, eps=1e-6) + beta


class ResnetBlock(nn.Module):
    def __init__(self, cin, cout, temb_dim, style_dim, up=False, down=False):
        super().__init__()
        self.resample = fir_up if up else fir_down if down else None
        self.GroupNorm_0 = AdaGN(cin, style_dim)
        self.Conv_0 = conv(cin, cout)
        self.Dense_0 = dense(temb_dim, cout)
        self.GroupNorm_1 = AdaGN(cout, style_dim)
        self.Conv_1 = conv(cout, cout, scale=0.0)
        if cin != cout or self.resample:
            self.Conv_2 = conv(cin, cout, 1)

    def forward(self, x, temb, z):
        h = F.silu(self.GroupNorm_0(x, z))
        if self.resample:
            h, x = self.resample(h), self.resample(x)
        h = self.Conv_0(h) + self.Dense_0(F.silu(temb))[:, :, None, None]
        h = self.Conv_1(F.silu(self.GroupNorm_1(h, z)))
        if hasattr(self, "Conv_2"):
            x = self.Conv_2(x)
        return (x + h) / math.sqrt(2)


class NIN(nn.Module):
    def __init__(self, cin, cout, scale=1.0):
        super().__init__()
        self.W = nn.Parameter(torch.empty(cin, cout))
        self.b = nn.Parameter(torch.zeros(cout))
        variance_scaling(self.W.data, scale)

    def forward(self, x):
        return F.conv2d(x, self.W.t()[:, :, None, None], self.b)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.GroupNorm_0 = nn.GroupNorm(min(c // 4, 32), c, eps=1e-6)
        self.NIN_0, self.NIN_1, self.NIN_2, self.NIN_3 = NIN(c, c), NIN(c, c), NIN(c, c), NIN(c, c, 0.0)

    def forward(self, x):
        b, c, h, w = x.shape
        n = self.GroupNorm_0(x)
        q, k, v = (m(n).flatten(2).transpose(1, 2) for m in (self.NIN_0, self.NIN_1, self.NIN_2))
        o = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None])[:, 0]
        return (x + self.NIN_3(o.transpose(1, 2).reshape(b, c, h, w))) / math.sqrt(2)


class PyramidDown(nn.Module):
    """FIR, then 3x3 convolution of stride 2: the network's input brought to the next level's width."""

    def __init__(self, cin, cout):
        super().__init__()
        self.Conv2d_0 = nn.Module()
        self.Conv2d_0.weight = nn.Parameter(variance_scaling(torch.empty(cout, cin, 3, 3)))
        self.Conv2d_0.bias = nn.Parameter(torch.zeros(cout))

    def forward(self, x):
        return F.conv2d(fir(x, pad=(2, 2)), self.Conv2d_0.weight, self.Conv2d_0.bias, stride=2)


@dataclass
class GeneratorConfig:
    image_size: int = 256
    num_channels: int = 2
    num_channels_dae: int = 64
    ch_mult: tuple = (1, 1, 2, 2, 4, 4)
    num_res_blocks: int = 2
    attn_resolutions: tuple = (16,)
    nz: int = 100
    z_emb_dim: int = 256
    n_mlp: int = 3


class PixelNorm(nn.Module):
    def forward(self, z):
        return z / torch.sqrt((z**2).mean(1, keepdim=True) + 1e-8)


class DiffusiveGenerator(nn.Module):
    """NCSN++ with positional time embedding, BigGAN blocks, FIR resampling and the residual input pyramid."""

    def __init__(self, c: GeneratorConfig):
        super().__init__()
        self.config = c
        nf, zd = c.num_channels_dae, c.z_emb_dim
        block = lambda i, o, **k: ResnetBlock(i, o, nf * 4, zd, **k)
        m = [dense(nf, nf * 4), dense(nf * 4, nf * 4), conv(c.num_channels, nf)]
        plan, skips, ch, pyr = [], [nf], nf, c.num_channels
        levels = len(c.ch_mult)
        for i in range(levels):
            size = c.image_size // 2**i
            for _ in range(c.num_res_blocks):
                m.append(block(ch, nf * c.ch_mult[i])); plan.append("res"); ch = nf * c.ch_mult[i]
                if size in c.attn_resolutions:
                    m.append(Attention(ch)); plan.append("attn")
                plan.append("keep"); skips.append(ch)
            if i < levels - 1:
                m.append(block(ch, ch, down=True)); m.append(PyramidDown(pyr, ch)); pyr = ch
                plan += ["res", "pyramid", "keep"]; skips.append(ch)
        m += [block(ch, ch), Attention(ch), block(ch, ch)]; plan += ["res", "attn", "res"]
        for i in reversed(range(levels)):
            for _ in range(c.num_res_blocks + 1):
                m.append(block(ch + skips.pop(), nf * c.ch_mult[i])); plan.append("join"); ch = nf * c.ch_mult[i]
            if c.image_size // 2**i in c.attn_resolutions:
                m.append(Attention(ch)); plan.append("attn")
            if i:
                m.append(block(ch, ch, up=True)); plan.append("res")
        m += [nn.GroupNorm(min(ch // 4, 32), ch, eps=1e-6), conv(ch, c.num_channels, scale=0.0)]
        self.plan = plan
        self.all_modules = nn.ModuleList(m)
        mlp = [PixelNorm(), dense(c.nz, zd), nn.SiLU()]
        for _ in range(c.n_mlp):
            mlp += [dense(zd, zd), nn.SiLU()]
        self.z_transform = nn.Sequential(*mlp)

    def forward(self, x, t, z):
        m = iter(self.all_modules)
        z = self.z_transform(z)
        temb = next(m)(time_embedding(t, self.config.num_channels_dae))
        temb = next(m)(F.silu(temb))
        pyramid, h = x, next(m)(x)
        kept = [h]
        for step in self.plan:
            if step == "keep":
                kept.append(h)
            elif step == "attn":
                h = next(m)(h)
            elif step == "pyramid":
                h = pyramid = (next(m)(pyramid) + h) / math.sqrt(2)
            else:
                h = next(m)(torch.cat([h, kept.pop()], 1) if step == "join" else h, temb, z)
        h = F.silu(next(m)(h))
        return torch.tanh(next(m)(h))


class ResnetGenerator(nn.Module):
    """Non-diffusive generator: one contrast to the other in one pass."""

    def __init__(self, ngf=64, blocks=6):
        super().__init__()
        n = lambda: nn.InstanceNorm2d(1, affine=False)
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(1, ngf, 7), n(), nn.ReLU()]
        for i in (1, 2):
            layers += [nn.Conv2d(ngf * i, ngf * i * 2, 3, 2, 1), n(), nn.ReLU()]
        layers += [ResnetGeneratorBlock(ngf * 4) for _ in range(blocks)]
        for i in (4, 2):
            layers += [nn.ConvTranspose2d(ngf * i, ngf * i // 2, 3, 2, 1, 1), n(), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(ngf, 1, 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)
        self.apply(normal_init)

    def forward(self, x):
        return self.model(x)


class ResnetGeneratorBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        n = lambda: nn.InstanceNorm2d(c, affine=False)
        self.conv_block = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), n(), nn.ReLU(), nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), n())

    def forward(self, x):
        return x + self.conv_block(x)


def normal_init(m):
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(m.weight, 0, 0.02)
        nn.init.zeros_(m.bias)


class PatchDiscriminator(nn.Module):
    def __init__(self, ndf=64):
        super().__init__()
        act, n = lambda: nn.LeakyReLU(0.2), lambda: nn.InstanceNorm2d(1, affine=False)
        c = lambda i, o, s: nn.Conv2d(i, o, 4, s, 1)
        self.model = nn.Sequential(c(1, ndf, 2), act(), c(ndf, ndf * 2, 2), n(), act(), c(ndf * 2, ndf * 4, 2), n(), act(), c(ndf * 4, ndf * 8, 1), n(), act(), c(ndf * 8, 1, 1))
        self.apply(normal_init)

    def forward(self, x):
        return self.model(x)


class DownBlock(nn.Module):
    def __init__(self, cin, cout, tdim):
        super().__init__()
        self.conv1 = nn.Sequential(conv(cin, cout))
        self.conv2 = nn.Sequential(conv(cout, cout, scale=0.0))
        self.dense_t1 = dense(tdim, cout)
        self.skip = nn.Sequential(conv(cin, cout, 1, bias=False))

    def forward(self, x, t):
        h = F.leaky_relu(self.conv1(F.leaky_relu(x, 0.2)) + self.dense_t1(t)[:, :, None, None], 0.2)
        return (self.conv2(fir_down(h)) + self.skip(fir_down(x))) / math.sqrt(2)


class DiffusiveDiscriminator(nn.Module):
    """Time-conditional, on (x_t, x_(t+1)): the authors' "large" one. One logit an image."""

    def __init__(self, ngf=64, tdim=256):
        super().__init__()
        self.tdim = tdim
        self.t_embed = nn.Module()
        self.t_embed.main = nn.Sequential(dense(tdim, tdim), nn.LeakyReLU(0.2), dense(tdim, tdim))
        self.start_conv = nn.Conv2d(2, ngf * 2, 1)
        variance_scaling(self.start_conv.weight); nn.init.zeros_(self.start_conv.bias)
        for i, (a, b) in enumerate([(2, 4), (4, 8), (8, 8), (8, 8), (8, 8), (8, 8)], 1):
            setattr(self, f"conv{i}", DownBlock(ngf * a, ngf * b, tdim))
        self.final_conv = conv(ngf * 8 + 1, ngf * 8)
        self.end_linear = dense(ngf * 8, 1)

    def forward(self, x, t, x_next):
        e = F.leaky_relu(self.t_embed.main(time_embedding(t, self.tdim)), 0.2)
        h = self.start_conv(torch.cat([x, x_next], 1))
        for i in range(1, 7):
            h = getattr(self, f"conv{i}")(h, e)
        b, c, hh, w = h.shape
        g = min(b, 4)
        std = torch.sqrt(h.view(g, -1, 1, c, hh, w).var(0, unbiased=False) + 1e-8).mean([2, 3, 4], keepdim=True).squeeze(2).repeat(g, 1, hh, w)
        h = F.leaky_relu(self.final_conv(torch.cat([h, std], 1)), 0.2)
        return self.end_linear(h.flatten(2).sum(2))[:, 0]
