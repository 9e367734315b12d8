using SimServe.Policies.Serving;

namespace SimServe.Simulator.Replays;

// What a recorded device answered at once, one answer after the other.
internal sealed class ReplayedAnswers
{
    private readonly Dictionary<int, int> _next = [];
    private readonly RunRecording _recording;

    public ReplayedAnswers(RunRecording recording) => _recording = recording;

    // A replay that asks more often than the recorded run did has diverged already, and that is found when it is compared.
    public long Next(int worker)
    {
        var (answers, next) = (_recording.AnswersOf(worker), _next.GetValueOrDefault(worker));
        _next[worker] = next + 1;
        return next < answers.Count ? answers[next] : RunRecording.LacksNothing;
    }
}
