using SimServe.Simulator.Traces;
using SimServe.Simulator.Workloads;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>workload</c>: the requests of a scenario.</summary>
internal static class WorkloadReader
{
    private const int MostRequests = 10_000_000;
    private const double MostSkew = 10;
    private const int MostPixels = 16384;
    private const int MostMargin = 1024;
    private const double LongestSeconds = 1e9;
    private const double ShortestPatience = 1e-6;

    public static WorkloadSource Read(JsonSection? workload, string folder)
    {
        if (workload is null)
        {
            return new WorkloadSource(1, 1, MaskRatios.Production.Name, 0);
        }

        var (isTrace, isLoop) = (workload.Has("trace"), workload.Has("closedLoop"));
        var prompts = workload.Texts("prompts");
        var options = new WorkloadSource(
            workload.Integer("requests", 1, MostRequests, isTrace ? int.MaxValue : null),
            workload.Number("ratePerSecond", 1e-6, 1e6, isTrace || isLoop ? 1 : null),
            ReadMasks(workload, MaskRatios.Production.Name),
            workload.Number("templateSkew", 0, MostSkew, 0))
        {
            Prompts = prompts.Count > 0 ? prompts : null,
            MaskMargin = workload.Integer("maskMargin", 0, MostMargin, 0) is var margin and > 0 ? margin : null,
            Arrivals = ArrivalReader.Read(workload.Section("arrivals", required: false)),
            Templates = workload.OptionalInteger("templates", 1, MostRequests),
            Steps = ReadSteps(workload),
            Resolutions = ReadResolutions(workload, isTrace),
            Tenants = workload.OptionalInteger("tenants", 1, 1_000_000),
            TenantSkew = workload.OptionalNumber("tenantSkew", 0, MostSkew),
            Adapters = workload.Has("adapters") ? workload.Choice("adapters", AdapterPopulations.Names, AdapterPopulations.None) : null,
            AdapterNeighbourhoods = workload.OptionalInteger("adapterNeighbourhoods", 1, 1_000_000),
            ClosedLoop = ReadClosedLoop(workload.Section("closedLoop", required: false)),
            Cancellation = ReadCancellation(workload.Section("cancellation", required: false)),
            Trace = ReadTrace(workload.Section("trace", required: false), folder),
        };
        if (isTrace && isLoop)
        {
            workload.Note(workload.Key("closedLoop"), "a closed loop beside a trace", "one of the two", "Remove one: a trace has its own arrivals.");
        }

        if (isLoop && options.Arrivals is not null)
        {
            workload.Note(workload.Key("arrivals"), "arrivals beside a closed loop", "one of the two", "Remove one: users arrive when they have thought.");
        }

        workload.Close();
        return options;
    }

    public static string ReadMasks(JsonSection section, string fallback)
    {
        var masks = section.Text("masks", fallback);
        if (IsMaskDistribution(masks))
        {
            return masks;
        }

        section.Note(
            section.Key("masks"), $"\"{masks}\"", string.Join(", ", MaskRatios.KnownNames),
            "Use one of those, with 0 < x <= 1 and 0 <= a < b <= 1.");
        return fallback;
    }

    private static bool IsMaskDistribution(string name)
    {
        try
        {
            return MaskRatios.Parse(name) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static List<StepChoice>? ReadSteps(JsonSection workload)
    {
        var steps = new List<StepChoice>();
        foreach (var section in workload.Sections("steps", required: false))
        {
            steps.Add(new StepChoice(section.Integer("steps", 1, 1000, null), section.Number("weight", 1e-6, 1e6, 1)));
            section.Close();
        }

        return steps.Count > 0 ? steps : null;
    }

    private static List<ResolutionChoice>? ReadResolutions(JsonSection workload, bool isTrace)
    {
        var resolutions = new List<ResolutionChoice>();
        foreach (var section in workload.Sections("resolutions", required: false))
        {
            resolutions.Add(new ResolutionChoice(
                section.Integer("width", 1, MostPixels, null), section.Integer("height", 1, MostPixels, null), section.Number("weight", 1e-6, 1e6, 1)));
            section.Close();
        }

        if (resolutions.Count > byte.MaxValue)
        {
            workload.Note(workload.Key("resolutions"), $"{resolutions.Count} sizes", $"at most {byte.MaxValue}", "Leave some out.");
        }

        if (resolutions.Count > 0 && isTrace)
        {
            workload.Note(workload.Key("resolutions"), "resolutions beside a trace", "one of the two", "Remove them: a trace says how large its images are.");
        }

        return resolutions.Count > 0 ? resolutions : null;
    }

    private static ClosedLoopOptions? ReadClosedLoop(JsonSection? section)
    {
        if (section is null)
        {
            return null;
        }

        var options = new ClosedLoopOptions
        {
            Users = section.Integer("users", 1, 1_000_000, null),
            ThinkSeconds = section.Number("thinkSeconds", 0, LongestSeconds, null),
            ThinkDistribution = section.Choice("thinkDistribution", ["exponential", "constant", "lognormal"], "exponential") switch
            {
                "constant" => ThinkDistribution.Constant,
                "lognormal" => ThinkDistribution.LogNormal,
                _ => ThinkDistribution.Exponential,
            },
            ThinkVariation = section.Number("thinkVariation", ArrivalChecks.LeastVariation, ArrivalChecks.MostVariation, 1),
            EditsPerSession = section.Integer("editsPerSession", 1, MostRequests, 1),
            SameTemplate = section.Number("sameTemplate", 0, 1, 1),
            SessionsPerUser = section.OptionalInteger("sessionsPerUser", 1, MostRequests),
        };
        section.Close();
        return options;
    }

    public static CancellationOptions? ReadCancellation(JsonSection? section)
    {
        if (section is null)
        {
            return null;
        }

        var options = new CancellationOptions(section.Number("share", 0, 1, null), section.Number("meanSeconds", ShortestPatience, LongestSeconds, null));
        section.Close();
        return options;
    }

    private static TraceSource? ReadTrace(JsonSection? section, string folder)
    {
        if (section is null)
        {
            return null;
        }

        var path = section.Text("file", null);
        var full = Path.Combine(folder, path);
        if (path.Length > 0 && !File.Exists(full))
        {
            section.Note(section.Key("file"), $"\"{path}\", which is not there", "a trace", "Check the path: it starts at the scenario's folder.");
        }

        var trace = new TraceSource(
            full,
            section.Choice("format", TraceFormats.Names, TraceFormats.Own),
            section.Number("timeScale", 1e-6, 1e6, 1),
            section.Number("fromSeconds", 0, LongestSeconds, 0),
            section.OptionalNumber("untilSeconds", 0, LongestSeconds),
            section.OptionalInteger("first", 1, int.MaxValue));
        if (trace.UntilSeconds <= trace.FromSeconds)
        {
            section.Note(section.Key("untilSeconds"), $"{trace.UntilSeconds}", $"more than fromSeconds, {trace.FromSeconds}", "Raise it.");
        }

        section.Close();
        return trace;
    }
}
