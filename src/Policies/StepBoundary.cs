namespace SimServe.Policies;

/// <summary>A bell that asks a device to stop denoising at the next step boundary.</summary>
/// <remarks>Rung by the serving loop on its own thread; read by device threads.</remarks>
public sealed class StepBoundary
{
    private volatile bool _requested;

    /// <summary>Whether the bell has been rung since the last <see cref="Reset"/>.</summary>
    public bool Requested => _requested;

    /// <summary>Called when the bell is rung; set by a device that sleeps instead of polling.</summary>
    public Action? Rung { get; set; }

    /// <summary>Rings the bell. Ringing twice is the same as once.</summary>
    public void Ring()
    {
        if (!_requested)
        {
            _requested = true;
            Rung?.Invoke();
        }
    }

    /// <summary>Silences the bell before the next denoising call.</summary>
    public void Reset()
    {
        _requested = false;
        Rung = null;
    }
}
