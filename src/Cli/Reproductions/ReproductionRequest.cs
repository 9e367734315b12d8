using System.Globalization;
using SimServe.Simulator.Scenarios;

namespace SimServe.Cli.Reproductions;

/// <summary>What <c>reproduce</c> is asked for.</summary>
internal sealed record ReproductionRequest
{
    private const int MostReplications = 1_000;

    /// <summary>The folder of the experiments' folders.</summary>
    public required string Experiments { get; init; }

    public required int Replications { get; init; }

    public required int Threads { get; init; }

    public required bool Measures { get; init; }

    public List<InputFault> Faults()
    {
        var faults = new List<InputFault>();
        faults.CheckWhole("--replications", Replications, 1, MostReplications);
        faults.CheckThreads(Threads);
        return faults;
    }

    /// <summary>What results depend on, for their files.</summary>
    public IEnumerable<(string Name, string Value)> Facts()
    {
        yield return ("replications", Replications.ToString(CultureInfo.InvariantCulture));
        yield return ("measured on this machine", Measures ? "yes" : "no");
    }
}
