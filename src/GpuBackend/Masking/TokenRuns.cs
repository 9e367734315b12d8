namespace SimServe.GpuBackend.Masking;

/// <summary>Tokens in order as runs of neighbours, which are neighbours in memory too: whole runs are copied at once.</summary>
internal sealed class TokenRuns
{
    private readonly (int First, int Count)[] _runs;

    /// <summary>Finds the runs.</summary>
    /// <param name="tokens">In ascending order.</param>
    public TokenRuns(IReadOnlyList<int> tokens)
    {
        List<(int First, int Count)> runs = [];
        for (var first = 0; first < tokens.Count;)
        {
            var end = first + 1;
            while (end < tokens.Count && tokens[end] == tokens[end - 1] + 1)
            {
                end++;
            }

            runs.Add((tokens[first], end - first));
            first = end;
        }

        (_runs, Tokens) = ([.. runs], tokens.Count);
    }

    /// <summary>All tokens.</summary>
    public int Tokens { get; }

    /// <summary>The first token of each run, and how many there are.</summary>
    public ReadOnlySpan<(int First, int Count)> Runs => _runs;
}
