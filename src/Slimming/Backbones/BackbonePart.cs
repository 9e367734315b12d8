using SimServe.Slimming.Plans;

namespace SimServe.Slimming.Backbones;

/// <summary>Units of a backbone that are kept or dropped together with everything that makes and reads them.</summary>
/// <param name="Group">The units.</param>
/// <param name="Slices">Their places in the weights.</param>
public sealed record BackbonePart(SlimGroup Group, IReadOnlyList<UnitSlice> Slices)
{
    // The first convolution's filters are the units; the time step's rows and the second norm's channels go with them.
    internal static BackbonePart ResidualBlock(SlimGroup group) => new(group,
    [
        new($"{group.Name}.conv1.weight", 0, 0, true),
        new($"{group.Name}.conv1.bias", 0, 0, false),
        new($"{group.Name}.time_emb_proj.weight", 0, 0, false),
        new($"{group.Name}.time_emb_proj.bias", 0, 0, false),
        new($"{group.Name}.norm2.weight", 0, 0, false),
        new($"{group.Name}.norm2.bias", 0, 0, false),
        new($"{group.Name}.conv2.weight", 1, 0, false),
    ]);

    internal static BackbonePart FeedForward(SlimGroup group) => Between(group, "net.0.proj", "net.2", 0);

    // Value and gate of a unit, and what reads their product.
    internal static BackbonePart GatedFeedForward(SlimGroup group) => new(group,
    [
        new($"{group.Name}.net.0.proj.weight", 0, 0, true),
        new($"{group.Name}.net.0.proj.weight", 0, group.Units, true),
        new($"{group.Name}.net.0.proj.bias", 0, 0, true),
        new($"{group.Name}.net.0.proj.bias", 0, group.Units, true),
        new($"{group.Name}.net.2.weight", 1, 0, true),
    ]);

    // The output layer of a single-stream block reads the attention first.
    internal static BackbonePart SingleStream(SlimGroup group, int width) => Between(group, "proj_mlp", "proj_out", width);

    private static BackbonePart Between(SlimGroup group, string widen, string narrow, int offset) => new(group,
    [
        new($"{group.Name}.{widen}.weight", 0, 0, true),
        new($"{group.Name}.{widen}.bias", 0, 0, true),
        new($"{group.Name}.{narrow}.weight", 1, offset, true),
    ]);
}
