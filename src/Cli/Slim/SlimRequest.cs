using SimServe.Slimming.Plans;

namespace SimServe.Cli.Slim;

/// <summary>What <c>slim</c> is asked for, checked.</summary>
internal sealed record SlimRequest
{
    public const string NoRecovery = "none";
    public const string FineTuning = "fine-tune";
    public const string Distillation = "distil";

    // Of the excess over an untrained layer: the share of variance at which both are compared.
    private const double ComparedAt = 0.9;

    public static IReadOnlyList<string> Strategies { get; } =
        [VarianceThreshold.Name, MarchenkoPasturExcess.Name, MarchenkoPasturEdge.Name, EffectiveRankWidths.Name, Uniform.Name, RandomAllocation.Name, RandomInitWidths.Name];

    public static IReadOnlyList<string> Recoveries { get; } = [Distillation, FineTuning, NoRecovery];

    public required string Model { get; init; }

    public required double Keep { get; init; }

    public required BudgetKind By { get; init; }

    public required string Strategy { get; init; }

    public required string Selection { get; init; }

    public required string? Plan { get; init; }

    public required string? Output { get; init; }

    public required string? Recovery { get; init; }

    public required string? Work { get; init; }

    public required int Steps { get; init; }

    public required int Batch { get; init; }

    public required int Scenes { get; init; }

    public required double LearningRate { get; init; }

    public required long Seed { get; init; }

    public required bool AsJson { get; init; }

    public Budget Budget => new(By, Keep, Strategy switch
    {
        MarchenkoPasturExcess.Name => new MarchenkoPasturExcess(ComparedAt),
        MarchenkoPasturEdge.Name => new MarchenkoPasturEdge(),
        EffectiveRankWidths.Name => new EffectiveRankWidths(),
        Uniform.Name => new Uniform(1),
        RandomAllocation.Name => new RandomAllocation(Seed),
        RandomInitWidths.Name => new RandomInitWidths(1),
        _ => new VarianceThreshold(1),
    });
}
