namespace SimServe.GpuBackend.Tests.Golden;

/// <summary>Repeats the reference's calls for some kinds of case. Found by reflection: a new kind needs a new runner and nothing else.</summary>
internal interface IGoldenRunner
{
    IReadOnlyCollection<string> Kinds { get; }

    void Run(GoldenRun run, GoldenChecks checks);
}
