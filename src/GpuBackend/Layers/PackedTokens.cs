using static TorchSharp.torch;

namespace SimServe.GpuBackend.Layers;

/// <summary>Which tokens of a batch are masked, and how their packed rows attend to all tokens of their own lane.</summary>
/// <remarks>
/// A lane is one forward pass of one member: with guidance a member has two. Rows of all lanes' masked tokens stand one after another, lane by lane, so that
/// linear layers run over all at once; attention runs once for each run of neighbouring lanes with equally many.
/// </remarks>
internal sealed class PackedTokens : IDisposable
{
    private readonly (int First, int Lanes, int Count)[] _runs;
    private readonly Tensor _maskedLanes;
    private readonly Tensor _unmaskedLanes;

    /// <summary>Lays the tokens out.</summary>
    /// <param name="masks">Each lane's masked and unmasked tokens, ascending; every lane has at least one masked.</param>
    /// <param name="tokens">Tokens of a lane, N.</param>
    /// <param name="device">Where.</param>
    public PackedTokens(IReadOnlyList<(int[] Masked, int[] Unmasked)> masks, int tokens, Device device)
    {
        (Lanes, Tokens) = (masks.Count, tokens);
        Masked = Places([.. masks.Select(static mask => mask.Masked)], device);
        UnmaskedCount = masks.Sum(static mask => mask.Unmasked.Length);
        Unmasked = Places([.. masks.Select(static mask => mask.Unmasked)], device);
        (_maskedLanes, _unmaskedLanes) = (LanesOf(Masked), LanesOf(Unmasked));
        _runs = [.. Runs([.. masks.Select(static mask => mask.Masked.Length)])];
    }

    /// <summary>Lanes, B.</summary>
    public int Lanes { get; }

    /// <summary>Tokens of a lane, N.</summary>
    public int Tokens { get; }

    /// <summary>Unmasked tokens of all lanes.</summary>
    public int UnmaskedCount { get; }

    /// <summary>Places of masked tokens among the B * N rows, int64.</summary>
    public Tensor Masked { get; }

    /// <summary>Places of unmasked tokens among the B * N rows, int64.</summary>
    public Tensor Unmasked { get; }

    /// <summary>Masked rows of all rows.</summary>
    /// <param name="all">[B, N, C].</param>
    /// <returns>[sum of m, C].</returns>
    public Tensor Gather(Tensor all) => all.reshape(-1, all.shape[^1]).index_select(0, Masked);

    /// <summary>All rows: masked ones, and the others from elsewhere.</summary>
    /// <param name="masked">[sum of m, C].</param>
    /// <param name="unmasked">[sum of u, C]; not looked at where everything is masked.</param>
    /// <returns>[B, N, C].</returns>
    public Tensor Fill(Tensor masked, Tensor unmasked)
    {
        var all = empty([(long)Lanes * Tokens, masked.shape[^1]], dtype: masked.dtype, device: masked.device).index_copy_(0, Masked, masked);
        return (UnmaskedCount == 0 ? all : all.index_copy_(0, Unmasked, unmasked)).unflatten(0, [Lanes, Tokens]);
    }

    /// <summary>All rows: masked ones, and zeros.</summary>
    /// <param name="masked">[sum of m, C].</param>
    /// <returns>[B, N, C].</returns>
    public Tensor Scatter(Tensor masked) =>
        zeros([(long)Lanes * Tokens, masked.shape[^1]], dtype: masked.dtype, device: masked.device).index_copy_(0, Masked, masked).unflatten(0, [Lanes, Tokens]);

    /// <summary>Keys and values of all tokens.</summary>
    /// <param name="masked">Of masked rows.</param>
    /// <param name="unmasked">Of the others.</param>
    public (Tensor Key, Tensor Value) Fill((Tensor Key, Tensor Value) masked, (Tensor Key, Tensor Value) unmasked) =>
        (Fill(masked.Key, unmasked.Key), Fill(masked.Value, unmasked.Value));

    /// <summary>Unmasked rows of each lane's own tensor.</summary>
    /// <param name="ofLanes">One for each lane, [N, C].</param>
    /// <returns>[sum of u, C].</returns>
    public Tensor Unmask(IReadOnlyList<Tensor> ofLanes)
    {
        var rows = cat([.. ofLanes]);
        return rows.index_select(0, Unmasked);
    }

    /// <summary>Attention of masked rows to keys of their own lane.</summary>
    /// <param name="query">[sum of m, heads * d].</param>
    /// <param name="key">[B, K, heads * d].</param>
    /// <param name="value">[B, K, heads * d].</param>
    /// <param name="heads">Heads.</param>
    /// <returns>[sum of m, heads * d].</returns>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, int heads)
    {
        var parts = new Tensor[_runs.Length];
        var next = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            var (first, lanes, count) = _runs[i];
            var own = query.narrow(0, next, (long)lanes * count).unflatten(0, [lanes, count]);
            parts[i] = Attention.Run(own, key.narrow(0, first, lanes), value.narrow(0, first, lanes), heads).flatten(0, 1);
            next += (long)lanes * count;
        }

        return parts.Length == 1 ? parts[0] : cat(parts);
    }

    /// <summary>A value for each lane, repeated for each of its masked rows.</summary>
    /// <param name="perLane">[B, C].</param>
    /// <returns>[sum of m, C].</returns>
    public Tensor ForMasked(Tensor perLane) => perLane.index_select(0, _maskedLanes);

    /// <summary>The same for its unmasked rows, [sum of u, C].</summary>
    public Tensor ForUnmasked(Tensor perLane) => perLane.index_select(0, _unmaskedLanes);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in new[] { Masked, Unmasked, _maskedLanes, _unmaskedLanes })
        {
            tensor.Dispose();
        }
    }

    private Tensor LanesOf(Tensor places) => places.floor_divide(Tokens).DetachFromDisposeScope();

    private Tensor Places(int[][] ofLanes, Device device)
    {
        var places = new long[ofLanes.Sum(static lane => lane.Length)];
        var next = 0;
        for (var lane = 0; lane < ofLanes.Length; lane++)
        {
            foreach (var token in ofLanes[lane])
            {
                places[next++] = ((long)lane * Tokens) + token;
            }
        }

        return tensor(places, device: device).DetachFromDisposeScope();
    }

    private static IEnumerable<(int First, int Lanes, int Count)> Runs(int[] counts)
    {
        for (var first = 0; first < counts.Length;)
        {
            var end = first + 1;
            while (end < counts.Length && counts[end] == counts[first])
            {
                end++;
            }

            yield return (first, end - first, counts[first]);
            first = end;
        }
    }
}
