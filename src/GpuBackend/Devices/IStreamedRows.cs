using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Devices;

/// <summary>A batch's template rows that come over a copy stream, step after step.</summary>
/// <remarks>The compute thread calls everything but <see cref="CopyStep"/>, which the copy thread runs once for each step, between <see cref="Begin"/> and <see cref="Trace"/>.</remarks>
internal interface IStreamedRows : ITemplateRows, IDisposable
{
    /// <summary>Whether steps load anything.</summary>
    bool HasLoads { get; }

    /// <summary>Bytes that the last step loaded.</summary>
    long Bytes { get; }

    /// <summary>A step begins.</summary>
    void Begin();

    /// <summary>Copies a step's rows in the order in which they are needed. Does not throw: what goes wrong is thrown to whoever asks for the rows.</summary>
    void CopyStep();

    /// <summary>The step has failed halfway: lets the copy thread go.</summary>
    void Abandon();

    /// <summary>The step has been given to the device: waits for it, and says where the time went.</summary>
    StepTrace Trace();
}
