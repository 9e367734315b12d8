using SimServe.Policies;
using SimServe.Policies.AddOns;
using SimServe.Policies.Admission;
using SimServe.Policies.Caches;
using SimServe.Policies.Ordering;
using SimServe.Policies.Recovery;
using SimServe.Policies.Scaling;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>policies</c> and <c>baseline</c>: names of policies and their options.</summary>
/// <param name="folder">The folder that paths are relative to.</param>
/// <param name="steps">Denoising steps of the requests.</param>
/// <param name="isSimulated">Whether what real devices cannot do may be asked for.</param>
internal sealed class PolicyReader(string folder, int steps, bool isSimulated)
{
    private const double MostSeconds = 1e6;
    private const int MostWorkers = 100_000;
    private const int MostSteps = 1000;

    // Only its default time counts.
    private static readonly ApproximateCacheOptions Usual = new() { HitShare = 0, SkippedSteps = 1 };

    private readonly LoraBoundReader _bounds = new(folder, steps);

    public PolicyOptions Read(JsonSection? section, PolicyOptions fallback)
    {
        if (section is null)
        {
            return fallback;
        }

        var options = new PolicyOptions
        {
            Batching = section.Choice("batching", PolicyCatalogue.Batching, fallback.Batching),
            Pipeline = section.Choice("pipeline", PolicyCatalogue.Pipelines, fallback.Pipeline),
            Routing = section.Choice("routing", PolicyCatalogue.Routing, fallback.Routing),
            MaxBatchSize = section.Integer("maxBatchSize", 1, 1024, fallback.MaxBatchSize),
            MaxWait = Duration.FromSeconds(section.Number("maxWaitSeconds", 0, 3600, fallback.MaxWait.TotalSeconds)),
            AffinityLoadFactor = section.Number("affinityLoadFactor", 1, 1000, fallback.AffinityLoadFactor),
            Seed = fallback.Seed,
            RouterStaleness = Duration.FromSeconds(section.Number("routerStalenessSeconds", 0, 3600, fallback.RouterStaleness.TotalSeconds)),
            Ordering = ReadOrdering(section.Section("ordering", required: false), fallback.Ordering),
            Admission = ReadAdmission(section.Section("admission", required: false), fallback.Admission),
            Scaling = ReadScaling(section.Section("scaling", required: false), fallback.Scaling),
            Recovery = ReadRecovery(section.Section("recovery", required: false), fallback.Recovery),
            AddOns = ReadAddOns(section.Section("addOns", required: false), fallback.AddOns),
            ApproximateCache = ReadApproximateCache(section, fallback.ApproximateCache),
        };
        section.Close();
        return options;
    }

    private AddOnOptions ReadAddOns(JsonSection? section, AddOnOptions fallback)
    {
        if (section is null)
        {
            return fallback;
        }

        var options = new AddOnOptions
        {
            Loras = section.Choice("loras", PolicyCatalogue.Loras, fallback.Loras),
            LoraBound = section.Integer("loraBound", 0, MostSteps, fallback.LoraBound),
            LoraBounds = section.Has("loraBounds") ? _bounds.Read(section) : fallback.LoraBounds,
            LoraOvertaking = section.Integer("loraOvertaking", 0, 1024, fallback.LoraOvertaking),
            Prefetch = section.Choice("prefetch", PolicyCatalogue.Prefetch, fallback.Prefetch),
            PrefetchHalfLife = Seconds(section, "prefetchHalfLifeSeconds", 0.001, fallback.PrefetchHalfLife),
            ControlNets = section.Choice("controlNets", PolicyCatalogue.ControlNets, fallback.ControlNets),
            ControlMode = AddOnNames.ParseMode(section.Choice("controlMode", AddOnNames.Modes, AddOnNames.Of(fallback.ControlMode))),
            ControlNetRecovery = AddOnNames.ParseRecovery(section.Choice("controlNetRecovery", AddOnNames.Recoveries, AddOnNames.Of(fallback.ControlNetRecovery))),
        };

        section.Close();
        return options;
    }

    private ApproximateCacheOptions? ReadApproximateCache(JsonSection policies, ApproximateCacheOptions? fallback)
    {
        if (policies.Section("approximateCache", required: false) is not { } section)
        {
            return fallback;
        }

        if (!isSimulated)
        {
            policies.Note(policies.Key("approximateCache"), "an approximate cache", "nothing: real devices begin at noise", "Remove it, or simulate the scenario.");
        }

        var options = new ApproximateCacheOptions
        {
            HitShare = section.Number("hitShare", 0, 1, fallback?.HitShare),
            SkippedSteps = section.Integer("skippedSteps", 1, MostSteps, fallback?.SkippedSteps),
            Retrieval = section.OptionalNumber("retrievalSeconds", 0, 3600) is { } seconds ? Duration.FromSeconds(seconds) : (fallback ?? Usual).Retrieval,
        };
        if (options.SkippedSteps >= steps)
        {
            section.Note(section.Key("skippedSteps"), $"{options.SkippedSteps}", $"less than {steps}, the steps of the requests", "Leave out fewer: something must be left to denoise.");
        }

        section.Close();
        return options;
    }

    private static OrderingOptions ReadOrdering(JsonSection? section, OrderingOptions fallback)
    {
        if (section is null)
        {
            return fallback;
        }

        var options = new OrderingOptions
        {
            Kind = section.Choice("kind", PolicyCatalogue.Ordering, null),
            Aging = Seconds(section, "agingSeconds", 0.001, fallback.Aging),
        };
        section.Close();
        return options;
    }

    private static AdmissionOptions ReadAdmission(JsonSection? section, AdmissionOptions fallback)
    {
        if (section is null)
        {
            return fallback;
        }

        var options = new AdmissionOptions
        {
            Kind = section.Choice("kind", PolicyCatalogue.Admission, null),
            RatePerSecond = section.Number("ratePerSecond", 1e-6, 1e9, fallback.RatePerSecond),
            Burst = section.Number("burst", 1, 1e9, fallback.Burst),
        };
        section.Close();
        return options;
    }

    private static RecoveryOptions ReadRecovery(JsonSection? section, RecoveryOptions fallback)
    {
        if (section is null)
        {
            return fallback;
        }

        var options = new RecoveryOptions
        {
            Kind = section.Choice("kind", PolicyCatalogue.Recovery, null),
            Attempts = section.Integer("attempts", 1, 1000, fallback.Attempts),
            CheckpointSteps = section.Integer("checkpointSteps", 1, 1000, fallback.CheckpointSteps),
        };
        section.Close();
        return options;
    }

    private static ScalingOptions ReadScaling(JsonSection? section, ScalingOptions fallback)
    {
        if (section is null)
        {
            return fallback;
        }

        var initial = section.Integer("initial", 0, MostWorkers, fallback.Initial ?? 0);
        var options = new ScalingOptions
        {
            Kind = section.Choice("kind", PolicyCatalogue.Scaling, null),
            Interval = Seconds(section, "intervalSeconds", 0.001, fallback.Interval),
            Initial = initial == 0 ? null : initial,
            Least = section.Integer("least", 1, MostWorkers, fallback.Least),
            TargetPerWorker = section.Number("targetPerWorker", 0.001, 1e6, fallback.TargetPerWorker),
            TargetUtilisation = section.Number("targetUtilisation", 0.01, 1, fallback.TargetUtilisation),
            LevelSmoothing = section.Number("levelSmoothing", 0.01, 1, fallback.LevelSmoothing),
            TrendSmoothing = section.Number("trendSmoothing", 0.01, 1, fallback.TrendSmoothing),
            Stabilisation = Seconds(section, "stabilisationSeconds", 0, fallback.Stabilisation),
            Provisioning = Seconds(section, "provisioningSeconds", 0, fallback.Provisioning),
            ModelLoad = Seconds(section, "modelLoadSeconds", 0, fallback.ModelLoad),
            Schedule = section.Has("schedule") ? ReadSchedule(section) : fallback.Schedule,
            Period = Seconds(section, "periodSeconds", 0, fallback.Period),
        };
        CheckSchedule(section, options);
        section.Close();
        return options;
    }

    private static void CheckSchedule(JsonSection section, ScalingOptions options)
    {
        if (options.Kind == ScheduledScaling.Name && options.Schedule.Count == 0)
        {
            section.Note(section.Key("schedule"), "nothing", "a list [ ... ] of at least one", "Add sizes, e.g. [ { \"fromSeconds\": 0, \"workers\": 2 } ].");
        }

        if (options.Schedule.Count > 0 && options.Period > TimeSpan.Zero && options.Period <= options.Schedule[^1].From)
        {
            section.Note(
                section.Key("periodSeconds"),
                $"{options.Period.TotalSeconds}",
                $"0, or more than {options.Schedule[^1].From.TotalSeconds}, the last time of the schedule",
                "Make the period longer, or leave it out for a schedule that does not repeat.");
        }
    }

    private static List<ScheduledSize> ReadSchedule(JsonSection section)
    {
        var sizes = new List<ScheduledSize>();
        foreach (var item in section.Sections("schedule", required: false))
        {
            var size = new ScheduledSize(Seconds(item, "fromSeconds", 0, null), item.Integer("workers", 1, MostWorkers, null));
            if (sizes.Count > 0 && size.From <= sizes[^1].From)
            {
                item.Note(item.Key("fromSeconds"), $"{size.From.TotalSeconds}", $"more than {sizes[^1].From.TotalSeconds}, the one before it", "Put sizes in order of time.");
            }

            sizes.Add(size);
            item.Close();
        }

        return sizes;
    }

    private static TimeSpan Seconds(JsonSection section, string name, double least, TimeSpan? fallback) =>
        Duration.FromSeconds(section.Number(name, least, MostSeconds, fallback?.TotalSeconds));
}
