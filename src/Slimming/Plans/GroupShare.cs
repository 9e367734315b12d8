namespace SimServe.Slimming.Plans;

/// <summary>How much of a model's size hangs on one group's width.</summary>
internal static class GroupShare
{
    /// <summary>The size of one unit among those of given widths, times the group's width: exact where size is in proportion to it, as between fixed streams.</summary>
    public static SlimSize Of(ISlimTarget target, IReadOnlyList<int> widths, int group)
    {
        if (target.Groups[group].Units == 1)
        {
            return default;
        }

        var width = widths[group];
        int[] more = [.. widths];
        int[] fewer = [.. widths];
        (more[group], fewer[group]) = width > 1 ? (width, width - 1) : (2, 1);
        var (large, small) = (target.SizeOf(more), target.SizeOf(fewer));
        return new SlimSize((large.Parameters - small.Parameters) * width, (large.Macs - small.Macs) * width);
    }
}
