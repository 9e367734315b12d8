namespace SimServe.GpuBackend.Masking;

/// <summary>Rows in order as runs of neighbours, which are neighbours in memory too: whole runs are copied at once.</summary>
internal sealed class RowRuns
{
    private readonly (int First, int Count)[] _runs;

    /// <summary>Finds the runs.</summary>
    /// <param name="rows">Their numbers, in ascending order.</param>
    public RowRuns(IReadOnlyList<int> rows)
    {
        List<(int First, int Count)> runs = [];
        for (var first = 0; first < rows.Count;)
        {
            var end = first + 1;
            while (end < rows.Count && rows[end] == rows[end - 1] + 1)
            {
                end++;
            }

            runs.Add((rows[first], end - first));
            first = end;
        }

        (_runs, Rows) = ([.. runs], rows.Count);
    }

    /// <summary>All rows.</summary>
    public int Rows { get; }

    /// <summary>The first row of each run, and how many there are.</summary>
    public ReadOnlySpan<(int First, int Count)> Runs => _runs;
}
