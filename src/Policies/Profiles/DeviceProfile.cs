using System.Text.Json.Serialization;

namespace SimServe.Policies.Profiles;

/// <summary>Where a profile's numbers come from.</summary>
public enum Provenance
{
    /// <summary>Measured on the device by us.</summary>
    Measured,

    /// <summary>Taken from a publication, which is cited.</summary>
    Published,

    /// <summary>Worked out from a device's specification.</summary>
    Analytic,
}

/// <summary>Measurements of one model on one device.</summary>
public sealed record DeviceProfile
{
    /// <summary>Version of the file format.</summary>
    public const int CurrentSchema = 2;

    /// <summary>Version of the file format.</summary>
    /// <value><see cref="CurrentSchema"/>.</value>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The kind of device.</summary>
    public required DeviceSpec Device { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The model's sizes, as <see cref="ModelShape.Sizes"/> says them: folders of other models may have the same name.</summary>
    /// <value><c>null</c>: nobody noted them.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ModelSizes { get; init; }

    /// <summary>The size of the images that it speaks of.</summary>
    /// <value><c>null</c>: the model's own.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageSize? Images { get; init; }

    /// <summary>Whether the engine copies all rows of a template, masked ones too, so that loads do not depend on masks.</summary>
    /// <value><c>false</c>: it copies what is reused.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LoadsWholeTemplates { get; init; }

    /// <summary>Number format of the weights and activations, e.g. <c>fp32</c>.</summary>
    public required string Precision { get; init; }

    /// <summary>What cached rows were when it was measured, as <see cref="CacheFormat"/> says it.</summary>
    /// <value><c>null</c>: block inputs in the model's numbers.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cache { get; init; }

    /// <summary>Where the numbers come from.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>The day they were measured or published, or <c>null</c> where nobody noted it.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>Processor, operating system and library versions they were measured with.</summary>
    public required string Environment { get; init; }

    /// <summary>Time of a step when 1, 2, ... workers compute at once, over the time when all that were measured do: the last is 1.</summary>
    /// <value><c>null</c>: nobody measured it, and the samples hold however many compute.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? ComputeShares { get; init; }

    /// <summary>How many times as long computation takes in service as in the samples, which are measured in tight loops.</summary>
    /// <value><c>null</c>: nobody measured it, and it is taken to be the same.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ServiceFactor { get; init; }

    /// <summary>What service adds to every step beyond that factor, whatever the step computes, in seconds.</summary>
    /// <value>At least 0. Default 0: nothing, or nobody measured it.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double ServiceStepSeconds { get; init; }

    /// <summary>How many times as long a ControlNet's blocks take as the U-Net's of the same sizes, in service: its zero convolutions and sums come on top.</summary>
    /// <value>Greater than 0. <c>null</c>: nobody measured it, and they take as long.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ControlFactor { get; init; }

    /// <summary>How requests differ in service: quantiles of the time of a request's steps over its predicted time, evenly spread from the least to the greatest; their mean is 1.</summary>
    /// <value><c>null</c>: nobody measured it, and requests take exactly what is predicted.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? ServiceSpread { get; init; }

    /// <summary>The measurements.</summary>
    public required IReadOnlyList<ProfileSample> Samples { get; init; }
}
