namespace SimServe.Simulator.Metrics.Checks;

// Counts violations and keeps the words of the first of each kind.
internal sealed class Violations
{
    private static readonly CheckKind[] Kinds = Enum.GetValues<CheckKind>();

    private readonly long[] _counts = new long[Kinds.Length];
    private readonly string?[] _words = new string?[Kinds.Length];

    // Whether it is the first of its kind, so that only that one need be put into words.
    public bool IsFirst(CheckKind kind) => _counts[(int)kind]++ == 0;

    public void Explain(CheckKind kind, string words) => _words[(int)kind] = words;

    // A comparison at the end of the run: its words say what was compared, whether it holds or not.
    public void Require(CheckKind kind, bool holds, string words)
    {
        if ((!holds && IsFirst(kind)) || _words[(int)kind] is null)
        {
            Explain(kind, words);
        }
    }

    public RunVerdict Conclude() => new([.. Kinds.Select(kind => new CheckResult(kind, _counts[(int)kind], _words[(int)kind] ?? "every event was looked at"))]);
}
