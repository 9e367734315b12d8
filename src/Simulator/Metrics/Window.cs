namespace SimServe.Simulator.Metrics;

// The measured part of a run: from here to its end.
internal sealed class Window
{
    private Int128 _waiting;
    private Int128 _running;

    public bool IsOpen { get; private set; }

    public long Start { get; private set; }

    public long Completed { get; set; }

    public long Good { get; set; }

    public void Open(long start, Int128 waiting, Int128 running) => (IsOpen, Start, _waiting, _running) = (true, start, waiting, running);

    // The parts of the run's areas that lie in the window.
    public (double Waiting, double Running) Areas(Int128 waiting, Int128 running) => ((double)(waiting - _waiting), (double)(running - _running));
}
