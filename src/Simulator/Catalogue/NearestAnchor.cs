using SimServe.Policies;

namespace SimServe.Simulator.Catalogue;

// Whose anchor stands in for a model that has none: of the same kind, closest in parameters. Parameters are the same at every size, so the choice is too.
internal static class NearestAnchor
{
    public static (PublishedLatency Anchor, ModelShape Shape)? Of(
        IEnumerable<(PublishedLatency Anchor, ModelShape Shape)> anchors, ModelShape model, bool sameKind)
    {
        (PublishedLatency, ModelShape)[] nearest =
        [
            .. anchors.Where(known => !sameKind || IsUNet(known.Shape) == IsUNet(model)).OrderBy(known => Distance(known.Shape, model)).Take(1),
        ];
        return nearest.Length == 0 ? null : nearest[0];
    }

    public static bool IsUNet(ModelShape model) => model.Blocks.Any(static block => block.Kind is BlockKind.CrossAttention or BlockKind.Convolution);

    // By how many times they differ.
    private static double Distance(ModelShape one, ModelShape other) =>
        one.Parameters is { } a && other.Parameters is { } b ? Math.Abs(Math.Log((double)a / b)) : double.MaxValue;
}
