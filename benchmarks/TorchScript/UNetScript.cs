using SimServe.GpuBackend.Models.UNets;
using SimServe.GpuBackend.Weights;

namespace SimServe.Benchmarks.TorchScript;

/// <summary>The operations of diffusers' UNet2DConditionModel, in its eager order.</summary>
internal sealed class UNetScript
{
    private readonly ScriptWriter _write;
    private readonly UNetEncoderConfig _config;
    private string _time = string.Empty;

    public UNetScript(UNetConfig config, WeightStore weights)
    {
        (_config, _write) = (config.Encoder, new ScriptWriter(weights));
        Function = _write.Compile("sample embedded text added", Forward());
    }

    public TorchSharp.torch.jit.CompilationUnit Function { get; }

    public TorchSharp.torch.Tensor[] Weights => _write.Weights;

    private string Forward()
    {
        _time = Mlp("time_embedding", "embedded");
        if (_write.Has("add_embedding.linear_1.weight"))
        {
            _time = _write.Let($"{_time} + {Mlp("add_embedding", "added")}");
        }

        var x = _write.Conv("conv_in", "sample", 1, 1);
        var skips = new Stack<string>([x]);
        for (var level = 0; level < _config.Levels.Count; level++)
        {
            x = Down(level, x, skips);
        }

        x = Resnet("mid_block.resnets.0", x);
        x = Transformer("mid_block.attentions.0", x, _config.Levels[^1]);
        x = Resnet("mid_block.resnets.1", x);
        for (var level = 0; level < _config.Levels.Count; level++)
        {
            x = Up(level, x, skips);
        }

        return _write.Conv("conv_out", _write.Let($"torch.silu({_write.GroupNorm("conv_norm_out", x, _config.NormGroups, _config.NormEpsilon)})"), 1, 1);
    }

    private string Down(int level, string x, Stack<string> skips)
    {
        var path = $"down_blocks.{level}";
        for (var layer = 0; _write.Has($"{path}.resnets.{layer}.conv1.weight"); layer++)
        {
            x = Layer(path, layer, x, level);
            skips.Push(x);
        }

        if (_write.Has($"{path}.downsamplers.0.conv.weight"))
        {
            skips.Push(x = _write.Conv($"{path}.downsamplers.0.conv", x, 2, 1));
        }

        return x;
    }

    private string Up(int index, string x, Stack<string> skips)
    {
        var path = $"up_blocks.{index}";
        var level = _config.Levels.Count - 1 - index;
        for (var layer = 0; _write.Has($"{path}.resnets.{layer}.conv1.weight"); layer++)
        {
            x = Layer(path, layer, _write.Let($"torch.cat([{x}, {skips.Pop()}], 1)"), level);
        }

        return _write.Has($"{path}.upsamplers.0.conv.weight")
            ? _write.Conv($"{path}.upsamplers.0.conv", _write.Let($"torch.upsample_nearest2d({x}, [{x}.size(2) * 2, {x}.size(3) * 2])"), 1, 1)
            : x;
    }

    private string Layer(string path, int layer, string x, int level)
    {
        x = Resnet($"{path}.resnets.{layer}", x);
        return _write.Has($"{path}.attentions.{layer}.proj_in.weight")
            ? Transformer($"{path}.attentions.{layer}", x, _config.Levels[level])
            : x;
    }

    private string Resnet(string path, string x)
    {
        var h = _write.Let($"torch.silu({_write.GroupNorm(path + ".norm1", x, _config.NormGroups, _config.NormEpsilon)})");
        h = _write.Conv(path + ".conv1", h, 1, 1);
        var time = _write.Linear(path + ".time_emb_proj", _write.Let($"torch.silu({_time})"));
        h = _write.Let($"{h} + {time}.unsqueeze(2).unsqueeze(3)");
        h = _write.Let($"torch.silu({_write.GroupNorm(path + ".norm2", h, _config.NormGroups, _config.NormEpsilon)})");
        h = _write.Conv(path + ".conv2", h, 1, 1);
        var shortcut = _write.Has(path + ".conv_shortcut.weight") ? _write.Conv(path + ".conv_shortcut", x, 1, 0) : x;
        return _write.Let($"{shortcut} + {h}");
    }

    private string Transformer(string path, string x, UNetLevel level)
    {
        const double NormEpsilon = 1e-6;
        var (width, heads) = (level.Channels, level.Heads);
        var h = _write.GroupNorm(path + ".norm", x, _config.NormGroups, NormEpsilon);
        if (_config.LinearProjection)
        {
            h = _write.Linear(path + ".proj_in", _write.Let($"{h}.permute([0, 2, 3, 1]).reshape([{x}.size(0), -1, {width}])"));
        }
        else
        {
            h = _write.Let($"{_write.Conv(path + ".proj_in", h, 1, 0)}.permute([0, 2, 3, 1]).reshape([{x}.size(0), -1, {width}])");
        }

        for (var block = 0; _write.Has($"{path}.transformer_blocks.{block}.norm1.weight"); block++)
        {
            h = Block($"{path}.transformer_blocks.{block}", h, width, heads);
        }

        h = _config.LinearProjection
            ? Image(_write.Linear(path + ".proj_out", h), x, width)
            : _write.Conv(path + ".proj_out", Image(h, x, width), 1, 0);
        return _write.Let($"{h} + {x}");
    }

    private string Image(string rows, string like, int width) =>
        _write.Let($"{rows}.reshape([{like}.size(0), {like}.size(2), {like}.size(3), {width}]).permute([0, 3, 1, 2]).contiguous()");

    private string Block(string path, string h, int width, int heads)
    {
        const double Epsilon = 1e-5;
        var norm = _write.LayerNorm(path + ".norm1", h, width, Epsilon);
        h = _write.Let($"{Attend(path + ".attn1", norm, norm, width, heads)} + {h}");
        norm = _write.LayerNorm(path + ".norm2", h, width, Epsilon);
        h = _write.Let($"{Attend(path + ".attn2", norm, "text", width, heads)} + {h}");
        var wide = _write.Linear(path + ".ff.net.0.proj", _write.LayerNorm(path + ".norm3", h, width, Epsilon));
        var gated = _write.Let($"{wide}.narrow(-1, 0, {4 * width}) * torch.gelu({wide}.narrow(-1, {4 * width}, {4 * width}))");
        return _write.Let($"{_write.Linear(path + ".ff.net.2", gated)} + {h}");
    }

    private string Attend(string path, string x, string other, int width, int heads)
    {
        var (q, k, v) = (Heads(path + ".to_q", x, heads), Heads(path + ".to_k", other, heads), Heads(path + ".to_v", other, heads));
        var joined = _write.Let($"torch.scaled_dot_product_attention({q}, {k}, {v}).transpose(1, 2).reshape([{x}.size(0), -1, {width}])");
        return _write.Linear(path + ".to_out.0", joined);
    }

    private string Heads(string path, string x, int heads) =>
        _write.Let($"{_write.Linear(path, x)}.unflatten(-1, [{heads}, -1]).transpose(1, 2)");

    private string Mlp(string path, string x) =>
        _write.Linear(path + ".linear_2", _write.Let($"torch.silu({_write.Linear(path + ".linear_1", x)})"));
}
