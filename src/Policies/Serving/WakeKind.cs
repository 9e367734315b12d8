namespace SimServe.Policies.Serving;

/// <summary>What a serving loop waited for.</summary>
public enum WakeKind
{
    /// <summary>A time, through <see cref="IClock.Until"/>.</summary>
    Timer,

    /// <summary><see cref="IDevice.LoadModel"/>.</summary>
    LoadModel,

    /// <summary><see cref="IDevice.Stage"/>.</summary>
    Stage,

    /// <summary><see cref="IDevice.Encode"/>.</summary>
    Encode,

    /// <summary><see cref="IDevice.Denoise"/>.</summary>
    Denoise,

    /// <summary><see cref="IDevice.Decode"/>.</summary>
    Decode,

    /// <summary><see cref="IDevice.FetchLoras"/>.</summary>
    FetchLoras,

    /// <summary><see cref="IDevice.Patch"/>.</summary>
    Patch,

    /// <summary><see cref="AddOns.IControlNetHost.Load"/>.</summary>
    LoadControlNet,

    /// <summary><see cref="AddOns.IAdapterStore.Fetch"/>.</summary>
    PrefetchAdapter,
}
