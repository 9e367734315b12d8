namespace SimServe.Slimming.Plans;

/// <summary>What the units of a group are.</summary>
public enum UnitKind
{
    /// <summary>Channels between the two convolutions of a residual block.</summary>
    ConvolutionInterior,

    /// <summary>Hidden neurons of a feed-forward layer.</summary>
    FeedForward,

    /// <summary>Hidden neurons of a gated feed-forward layer, each a value and a gate.</summary>
    GatedFeedForward,

    /// <summary>Heads of an attention layer.</summary>
    AttentionHeads,
}
