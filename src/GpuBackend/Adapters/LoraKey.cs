namespace SimServe.GpuBackend.Adapters;

/// <summary>One key of a LoRA file, taken apart.</summary>
/// <param name="Part">The model that it changes.</param>
/// <param name="Prefix">What named the model, without the separator; empty where the file serves one model only.</param>
/// <param name="Module">The module's name, with dots or, in kohya's files, with underscores in their place.</param>
/// <param name="Tensor">What the tensor is.</param>
/// <remarks>Each key is read by itself: files mix dialects. Sources: diffusers <c>state_dict_utils.py</c>, PEFT, kohya-ss sd-scripts.</remarks>
internal readonly record struct LoraKey(ModelPart Part, string Prefix, string Module, LoraTensor Tensor)
{
    private const string PeftRoot = "base_model.model.";

    // Longer ones before those that they start with.
    private static readonly (string Text, ModelPart Part)[] Prefixes =
    [
        ("lora_unet_", ModelPart.Denoiser), ("lora_transformer_", ModelPart.Denoiser),
        ("lora_te1_", ModelPart.TextEncoder), ("lora_te2_", ModelPart.TextEncoder2), ("lora_te_", ModelPart.TextEncoder),
        ("unet.", ModelPart.Denoiser), ("transformer.", ModelPart.Denoiser), ("diffusion_model.", ModelPart.Denoiser),
        ("text_encoder_2.", ModelPart.TextEncoder2), ("text_encoder.", ModelPart.TextEncoder),
    ];

    private static readonly (string Text, LoraTensor Tensor)[] Endings =
    [
        (".lora_A.weight", LoraTensor.Down), (".lora_B.weight", LoraTensor.Up),
        (".lora_A.default.weight", LoraTensor.Down), (".lora_B.default.weight", LoraTensor.Up),
        (".lora_down.weight", LoraTensor.Down), (".lora_up.weight", LoraTensor.Up),
        (".lora.down.weight", LoraTensor.Down), (".lora.up.weight", LoraTensor.Up),
        (".lora_linear_layer.down.weight", LoraTensor.Down), (".lora_linear_layer.up.weight", LoraTensor.Up),
        (".alpha", LoraTensor.Alpha),
    ];

    // The first diffusers files named the attention's own LoRA layers: the name of the layer that they change, in denoisers and in text encoders.
    private static readonly (string Old, string Denoiser, string TextEncoder)[] AttentionLayers =
    [
        (".to_q_lora", ".to_q", ".q_proj"), (".to_k_lora", ".to_k", ".k_proj"), (".to_v_lora", ".to_v", ".v_proj"), (".to_out_lora", ".to_out.0", ".out_proj"),
    ];

    // Parts of the keys of other methods, and the methods.
    private static readonly (string Text, string Method)[] Others =
    [
        ("dora_scale", "DoRA"), ("lora_magnitude_vector", "DoRA"), (".hada_", "LoHa"), (".lokr_", "LoKr"), (".lora_mid.", "LoCon with a Tucker core"),
        (".oft_", "OFT"), (".glora", "GLoRA"), ("lora_embedding_", "LoRA of an embedding"), (".lora_B.bias", "LoRA with biases"), (".diff", "full weight difference"),
    ];

    /// <summary>Takes a key apart.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Its parts, or <c>null</c> where it is no key of a LoRA; <see cref="Fault"/> then says what is known of it.</returns>
    public static LoraKey? Parse(string key)
    {
        var (prefix, part) = Array.Find(Prefixes, known => key.StartsWith(known.Text, StringComparison.Ordinal));
        var rest = key[(prefix?.Length ?? 0)..];
        rest = rest.StartsWith(PeftRoot, StringComparison.Ordinal) ? rest[PeftRoot.Length..] : rest;
        var name = (prefix ?? string.Empty).TrimEnd('.', '_');
        foreach (var (text, tensor) in Endings)
        {
            if (rest.Length > text.Length && rest.EndsWith(text, StringComparison.Ordinal))
            {
                return new LoraKey(part, name, rest[..^text.Length].Replace(".processor.", ".", StringComparison.Ordinal), tensor);
            }
        }

        return ParseOld(rest.Replace(".processor.", ".", StringComparison.Ordinal), name, part);
    }

    /// <summary>Why a key cannot be used.</summary>
    /// <param name="key">A key that <see cref="Parse"/> does not know.</param>
    public static string Fault(string key)
    {
        var method = Array.Find(Others, other => key.Contains(other.Text, StringComparison.Ordinal)).Method;
        return method is null ? "is of no known LoRA naming" : $"belongs to a {method}, which is not supported; only pairs of a down and an up matrix are";
    }

    private static LoraKey? ParseOld(string rest, string prefix, ModelPart part)
    {
        foreach (var (old, denoiser, textEncoder) in AttentionLayers)
        {
            foreach (var tensor in new[] { LoraTensor.Down, LoraTensor.Up })
            {
                var ending = old + (tensor == LoraTensor.Down ? ".down.weight" : ".up.weight");
                if (rest.EndsWith(ending, StringComparison.Ordinal))
                {
                    return new LoraKey(part, prefix, rest[..^ending.Length] + (part == ModelPart.Denoiser ? denoiser : textEncoder), tensor);
                }
            }
        }

        return null;
    }
}
