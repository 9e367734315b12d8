namespace SimServe.GpuBackend.Frontiers;

/// <summary>What a setting takes and gives.</summary>
public sealed record MeasuredSetting
{
    /// <summary>The setting.</summary>
    public required FrontierSetting Setting { get; init; }

    /// <summary>Share of the tokens that are edited, mean over edits.</summary>
    public required double EditedShare { get; init; }

    /// <summary>Share of the tokens that are computed: with the margin.</summary>
    public required double ComputedShare { get; init; }

    /// <summary>Time of an edit, from its prompt to its picture: median, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>That time over the time of full inference of the same edit, right before or after: median.</summary>
    public required double TimeShare { get; init; }

    /// <summary>Operations of an edit's steps over those of full inference.</summary>
    public required double OperationShare { get; init; }

    /// <summary>Bytes that an edit loads, mean.</summary>
    public required double Bytes { get; init; }

    /// <summary>Bytes of a template's cache.</summary>
    public required long TemplateBytes { get; init; }

    /// <summary>Against full inference, the whole picture.</summary>
    public required FrontierQuality Whole { get; init; }

    /// <summary>Against full inference, inside the mask alone.</summary>
    public required FrontierQuality Inside { get; init; }

    /// <summary>Whether no other setting of the mask ratio takes less time and is as near to full inference inside the mask by SSIM, or takes as much and is nearer.</summary>
    public bool IsOnFront { get; init; }
}
