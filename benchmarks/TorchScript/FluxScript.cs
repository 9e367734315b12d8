using SimServe.GpuBackend.Weights;

namespace SimServe.Benchmarks.TorchScript;

/// <summary>The operations of diffusers' FluxTransformer2DModel, in its eager order.</summary>
internal sealed class FluxScript
{
    private readonly ScriptWriter _write;
    private readonly int _width;
    private readonly int _heads;
    private string _condition = string.Empty;

    /// <param name="weights">Of the model.</param>
    /// <param name="width">Channels of the hidden state.</param>
    /// <param name="heads">Attention heads.</param>
    public FluxScript(WeightStore weights, int width, int heads)
    {
        (_write, _width, _heads) = (new ScriptWriter(weights), width, heads);
        Function = _write.Compile("hidden text pooled time guidance cosines sines", Forward());
    }

    public TorchSharp.torch.jit.CompilationUnit Function { get; }

    public TorchSharp.torch.Tensor[] Weights => _write.Weights;

    private string Forward()
    {
        var time = Mlp("time_text_embed.timestep_embedder", "time");
        var guidance = Mlp("time_text_embed.guidance_embedder", "guidance");
        var vector = _write.Let($"{time} + {guidance} + {Mlp("time_text_embed.text_embedder", "pooled")}");
        _condition = _write.Let($"torch.silu({vector})");
        var image = _write.Linear("x_embedder", "hidden");
        var text = _write.Linear("context_embedder", "text");
        for (var block = 0; _write.Has($"transformer_blocks.{block}.norm1.linear.weight"); block++)
        {
            (text, image) = Double($"transformer_blocks.{block}", text, image);
        }

        for (var block = 0; _write.Has($"single_transformer_blocks.{block}.norm.linear.weight"); block++)
        {
            (text, image) = Single($"single_transformer_blocks.{block}", text, image);
        }

        var modulation = _write.Linear("norm_out.linear", _condition);
        return _write.Linear("proj_out", Modulated(image, Chunk(modulation, 1), Chunk(modulation, 0)));
    }

    private (string Text, string Image) Double(string path, string text, string image)
    {
        var imageModulation = _write.Linear(path + ".norm1.linear", _condition);
        var textModulation = _write.Linear(path + ".norm1_context.linear", _condition);
        var imageIn = Modulated(image, Chunk(imageModulation, 0), Chunk(imageModulation, 1));
        var textIn = Modulated(text, Chunk(textModulation, 0), Chunk(textModulation, 1));
        var q = Joint(Normed(path + ".attn.add_q_proj", path + ".attn.norm_added_q", textIn), Normed(path + ".attn.to_q", path + ".attn.norm_q", imageIn));
        var k = Joint(Normed(path + ".attn.add_k_proj", path + ".attn.norm_added_k", textIn), Normed(path + ".attn.to_k", path + ".attn.norm_k", imageIn));
        var v = Joint(Heads(path + ".attn.add_v_proj", textIn), Heads(path + ".attn.to_v", imageIn));
        var attended = Attend(Rotated(q), Rotated(k), v);
        var textOut = _write.Linear(path + ".attn.to_add_out", _write.Let($"{attended}.narrow(1, 0, text.size(1))"));
        var imageOut = _write.Linear(path + ".attn.to_out.0", _write.Let($"{attended}.narrow(1, text.size(1), hidden.size(1))"));
        return (
            Finish(path + ".ff_context", text, textModulation, textOut),
            Finish(path + ".ff", image, imageModulation, imageOut));
    }

    private string Finish(string path, string x, string modulation, string attended)
    {
        var h = _write.Let($"{x} + {Chunk(modulation, 2)}.unsqueeze(1) * {attended}");
        var up = _write.Linear(path + ".net.0.proj", Modulated(h, Chunk(modulation, 3), Chunk(modulation, 4)));
        var down = _write.Linear(path + ".net.2", _write.Let($"torch.gelu({up}, approximate=\"tanh\")"));
        return _write.Let($"{h} + {Chunk(modulation, 5)}.unsqueeze(1) * {down}");
    }

    private (string Text, string Image) Single(string path, string text, string image)
    {
        var x = _write.Let($"torch.cat([{text}, {image}], 1)");
        var modulation = _write.Linear(path + ".norm.linear", _condition);
        var input = Modulated(x, Chunk(modulation, 0), Chunk(modulation, 1));
        var wide = _write.Let($"torch.gelu({_write.Linear(path + ".proj_mlp", input)}, approximate=\"tanh\")");
        var q = Rotated(Normed(path + ".attn.to_q", path + ".attn.norm_q", input));
        var k = Rotated(Normed(path + ".attn.to_k", path + ".attn.norm_k", input));
        var attended = Attend(q, k, Heads(path + ".attn.to_v", input));
        var branch = _write.Linear(path + ".proj_out", _write.Let($"torch.cat([{attended}, {wide}], 2)"));
        var sum = _write.Let($"{x} + {Chunk(modulation, 2)}.unsqueeze(1) * {branch}");
        return (_write.Let($"{sum}.narrow(1, 0, text.size(1))"), _write.Let($"{sum}.narrow(1, text.size(1), hidden.size(1))"));
    }

    private string Modulated(string x, string shift, string scale) =>
        _write.Let($"torch.layer_norm({x}, [{_width}], None, None, 1e-06) * (1 + {scale}.unsqueeze(1)) + {shift}.unsqueeze(1)");

    private string Chunk(string modulation, int number) => _write.Let($"{modulation}.narrow(1, {number * _width}, {_width})");

    private string Heads(string path, string x) => _write.Let($"{_write.Linear(path, x)}.unflatten(-1, [{_heads}, -1]).transpose(1, 2)");

    private string Normed(string path, string norm, string x)
    {
        var heads = Heads(path, x);
        return _write.Let($"{heads} * torch.rsqrt({heads}.pow(2).mean([-1], True) + 1e-06) * {_write.Weight(norm + ".weight")}");
    }

    private string Joint(string text, string image) => _write.Let($"torch.cat([{text}, {image}], 2)");

    private string Rotated(string heads)
    {
        var pairs = _write.Let($"{heads}.unflatten(-1, [-1, 2])");
        var turned = _write.Let($"torch.stack([-{pairs}.select(-1, 1), {pairs}.select(-1, 0)], -1).flatten(3)");
        return _write.Let($"{heads} * cosines + {turned} * sines");
    }

    private string Attend(string q, string k, string v) =>
        _write.Let($"torch.scaled_dot_product_attention({q}, {k}, {v}).transpose(1, 2).flatten(2)");

    private string Mlp(string path, string x) =>
        _write.Linear(path + ".linear_2", _write.Let($"torch.silu({_write.Linear(path + ".linear_1", x)})"));
}
