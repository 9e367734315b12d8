namespace SimServe.Simulator.Workloads;

/// <summary>Load times measured in a production fleet that serves Stable Diffusion (Alibaba GenTD26, one day of a fleet of some 140 pods).</summary>
/// <remarks>
/// <para>
/// Source: alibaba/clusterdata, cluster-trace-v2026-GenAI, files <c>basemodel_update_latency</c> (7,531 values), <c>lora_update_latency</c> (27,415) and
/// <c>controlnet_latency</c> (29,221). Fitted by maximum likelihood (<see cref="LogNormalMixtureFit"/>); "KS" is the Kolmogorov-Smirnov distance between fit and
/// data. A test fits them again where the data are at hand.
/// </para>
/// <para>One lognormal alone is far from every one of them: KS 0.242, 0.158 and 0.114. Simplified: loads are drawn independently of what is loaded and of its size.</para>
/// </remarks>
public static class LoadLatencies
{
    /// <summary>Changing a pipeline's base model: mean 22.0 s; a third is warm (median 3.1 s), the rest cold (23 s and 39 s). KS 0.062.</summary>
    public static readonly LoadLatency BaseModel = new("base model", [new(0.36797, 1.1207, 0.3970), new(0.24414, 3.1167, 0.1050), new(0.38789, 3.6595, 0.1374)]);

    /// <summary>Loading a LoRA: mean 4.37 s; seven of eight around 4.5 s, the rest fast (median 1.7 s). KS 0.016.</summary>
    public static readonly LoadLatency Lora = new("lora", [new(0.12487, 0.5147, 0.7357), new(0.87513, 1.5146, 0.2415)]);

    /// <summary>Loading a ControlNet: mean 4.68 s, with a long tail (95th percentile 11.3 s) and a few at 0.45 s. KS 0.027.</summary>
    public static readonly LoadLatency ControlNet = new("controlnet", [new(0.04495, -0.7879, 0.1618), new(0.66606, 1.2417, 0.3125), new(0.28899, 1.9181, 0.5065)]);

    /// <summary>All three.</summary>
    public static IReadOnlyList<LoadLatency> All { get; } = [BaseModel, Lora, ControlNet];
}
